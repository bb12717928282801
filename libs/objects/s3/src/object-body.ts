import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { unreachable } from './s3-errors.js';
import { timedOut } from './transport.js';

/**
 * An object's bytes as they come. Fewer than there should be never look complete: the stream fails (`storage.unreachable`), as it does when nothing
 * comes for too long. Waiting for a slow reader is no such silence.
 */
export class ObjectBody extends Readable {
  private received = 0;
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly response: IncomingMessage,
    private readonly length: number,
    private readonly idleMs: number,
  ) {
    super();
    response.socket.setTimeout(0);
    response.on('data', (chunk: Buffer) => this.receive(chunk));
    response.on('end', () => this.finish());
    response.on('error', (error) => this.destroy(unreachable(error)));
    response.pause();
  }

  override _read(): void {
    this.listen();
    this.response.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.silence);
    this.response.destroy();
    done(error);
  }

  private receive(chunk: Buffer): void {
    clearTimeout(this.silence);
    this.received += chunk.length;
    if (this.push(chunk)) this.listen();
    else this.response.pause();
  }

  private finish(): void {
    clearTimeout(this.silence);
    if (this.received === this.length) this.push(null);
    else this.destroy(unreachable(new Error(`${this.received} bytes came instead of ${this.length}.`)));
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.destroy(unreachable(timedOut())), this.idleMs);
  }
}
