import { RepriseError } from '@reprise/kernel';
import { Piscina } from 'piscina';
import { movedWith } from './moving.js';
import type { Tasks } from './pool-tasks.js';
import type { Outcome } from './pool.worker.js';

/** Small and large are both measured: garbage is collected early, and an event file of the largest size, as text, still fits several times. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/**
 * Threads for what costs CPU: deflating, inflating, decoding events. Started with the first task, let go after a while without work.
 * Tasks take and give copies, but for large bytes: see {@link movedWith}.
 */
export class ArchivePool {
  readonly threads: number;
  private piscina: Piscina | undefined;

  constructor(options: { threads?: number } = {}) {
    this.threads = options.threads ?? 2;
  }

  async run<Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>[0]): Promise<ReturnType<Tasks[Name]>> {
    this.piscina ??= new Piscina({
      filename: new URL('./pool.worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: 5000,
      resourceLimits: HEAP,
    });
    const outcome = (await this.piscina.run(input, { name, transferList: movedWith(input) }).catch(rethrow)) as Outcome<ReturnType<Tasks[Name]>>;
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

/** A thread that dies of an event takes only its own task along; the next one gets a new thread. */
function rethrow(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
  throw new RepriseError('limit', 'archive.out-of-memory', 'An event needs more memory than a thread may take. Lower the size that events may have.', {
    cause: error,
  });
}
