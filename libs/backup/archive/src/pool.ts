import { RepriseError } from '@reprise/kernel';
import { Piscina } from 'piscina';
import { ByteGate } from './byte-gate.js';
import type { Width } from './in-order.js';
import { movedWith } from './moving.js';
import { plainBytesOf, type Tasks } from './pool-tasks.js';
import type { Outcome } from './pool.worker.js';
import { DEFAULT_LIMITS } from './read-limits.js';

/**
 * Memory of a thread, measured: garbage is collected early, and an event file of the largest size, as text, still fits several times. An event
 * that needs more ends its thread, and is refused.
 */
const heapFor = (maxEventBytes: number) => ({ maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 32 + Math.ceil((6 * maxEventBytes) / 1024 ** 2) });

export const DEFAULT_THREADS = 2;

/** Threads give way to whoever waits for an answer: with as many of them as cores, a request waited for its turn beside them. */
const NICE = 10;

/** Plain bytes that all threads work on at once; several times that is their memory. */
const BYTES_AT_ONCE = 24 * 1024 ** 2;

/**
 * Threads for what costs CPU: deflating, inflating, decoding events. Started with the first task, let go after a while without work.
 * Tasks take and give copies, but for large bytes: see {@link movedWith}.
 */
export class ArchivePool {
  readonly threads: number;
  private piscina: Piscina | undefined;
  private readonly maxEventBytes: number;
  private readonly gate = new ByteGate(BYTES_AT_ONCE);

  /** `threads`: {@link DEFAULT_THREADS} if absent. `maxEventBytes`: of the largest event file that is read or written. */
  constructor(options: { threads?: number | undefined; maxEventBytes?: number } = {}) {
    this.threads = options.threads ?? DEFAULT_THREADS;
    this.maxEventBytes = options.maxEventBytes ?? DEFAULT_LIMITS.maxEventBytes;
  }

  async run<Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>[0]): Promise<ReturnType<Tasks[Name]>> {
    this.piscina ??= new Piscina({
      filename: new URL('./pool.worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: 5000,
      niceIncrement: NICE,
      resourceLimits: heapFor(this.maxEventBytes),
    });
    const { piscina } = this;
    const outcome = (await this.gate.hold(plainBytesOf(input), () => piscina.run(input, { name, transferList: movedWith(input) }).catch(rethrow))) as Outcome<
      ReturnType<Tasks[Name]>
    >;
    if ('error' in outcome) throw RepriseError.fromBody(outcome.error);
    return outcome.result;
  }

  /** Ends the threads; the pool starts anew when it is used again. */
  async destroy(): Promise<void> {
    const { piscina } = this;
    this.piscina = undefined;
    await piscina?.destroy();
  }
}

/** How many runs of events may be under way at once, for those who give the pool one after the other. */
export function widthOf<Item>(pool: ArchivePool, weightOf: (item: Item) => number): Width<Item> {
  return { items: pool.threads + 1, weightOf, weight: BYTES_AT_ONCE };
}

/** A thread that dies of an event takes only its own task along; the next one gets a new thread. */
function rethrow(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
  throw new RepriseError('limit', 'archive.out-of-memory', 'An event needs more memory than a thread may take. Lower the size that events may have.', {
    cause: error,
  });
}
