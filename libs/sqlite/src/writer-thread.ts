import { Worker } from 'node:worker_threads';
import { RepriseError } from '@reprise/kernel';
import type { CallOptions } from './call-options.js';
import type { FromWriter, ToWriter, WireError, WriterSettings } from './protocol.js';

/** What calls bring is garbage a moment later: collected early, it takes little memory. */
const YOUNG = { maxYoungGenerationSizeMb: 8 };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: RepriseError): void;
}

function fromWire({ body, cause }: WireError): RepriseError {
  return new RepriseError(body.kind, body.code, body.message, {
    ...(body.details ? { details: body.details } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The caller's end of the writer: numbers calls, keeps who waits. */
export class WriterThread {
  private readonly waiting = new Map<number, Waiting>();
  private readonly exited: Promise<void>;
  private lastId = 0;
  private closed?: RepriseError;
  private drained?: () => void;

  private constructor(private readonly worker: Worker) {
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromWriter) => this.receive(message));
    worker.on('error', (error) => this.lost(error));
    worker.on('exit', () => this.lost(undefined));
  }

  /** Resolves when the database is open and its tables exist. */
  static async start(settings: WriterSettings): Promise<WriterThread> {
    const worker = new Worker(new URL('./writer.js', import.meta.url), { workerData: settings, name: 'sqlite-writer', resourceLimits: YOUNG });
    const first = await new Promise<FromWriter>((resolve, reject) => worker.once('message', resolve).once('error', reject));
    if ('failed' in first) {
      await worker.terminate();
      throw fromWire(first.failed);
    }
    return new WriterThread(worker);
  }

  call(procedure: string, args: unknown, { durable = true, moved = [] }: CallOptions): Promise<unknown> {
    if (this.closed) return Promise.reject(this.closed);
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.worker.postMessage({ call: { id, procedure, args, durable, moved } } satisfies ToWriter, moved);
      this.waiting.set(id, { resolve, reject });
    });
  }

  /** Takes no more calls and resolves when those taken are answered. */
  async drain(): Promise<void> {
    this.closed ??= new RepriseError('unavailable', 'storage.closed', 'The database is closed.');
    if (this.waiting.size > 0) await new Promise<void>((resolve) => (this.drained = resolve));
  }

  async close(): Promise<void> {
    await this.drain();
    this.worker.postMessage({ close: true } satisfies ToWriter);
    await this.exited;
  }

  private receive(message: FromWriter): void {
    if (!('outcomes' in message)) return;
    for (const outcome of message.outcomes) {
      const waiting = this.waiting.get(outcome.id);
      this.waiting.delete(outcome.id);
      if ('error' in outcome) waiting?.reject(fromWire(outcome.error));
      else waiting?.resolve(outcome.result);
    }
    if (this.waiting.size === 0) this.drained?.();
  }

  /** The thread ended, by close() or by a fault: whoever still waits can't know what happened to his call. */
  private lost(cause: unknown): void {
    const error = new RepriseError('unavailable', 'storage.writer-lost', 'The database stopped working. Start the program again.', { cause });
    this.closed ??= error;
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
    this.drained?.();
  }
}
