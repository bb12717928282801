import { setTimeout as sleep } from 'node:timers/promises';
import { isRepriseError, leavesOutcomeUnknown } from '@reprise/kernel';
import { backoffMs, type Backoff } from './retry.js';

const PAUSES: Backoff = { firstMs: 200, maxMs: 2_000 };
/** Less would be too little for any answer. */
const LEAST_MS = 1_000;

/** How long somebody who waits for an answer is kept waiting while a service is away, over all that is asked for him. */
export class Patience {
  /** `over` ends it early: nobody waits any more. */
  constructor(
    private leftMs: number,
    private readonly over?: AbortSignal,
  ) {}

  /**
   * Does it again, with growing pauses, while it fails with kind `unavailable`; where a repeat is not `harmless` only as long as it is certain that nothing
   * was done. `attempt` is told how many milliseconds a repeat may take.
   */
  async repeat<T>(harmless: boolean, attempt: (withinMs?: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.leftMs;
    const left = () => Math.max(deadline - performance.now(), 0);
    for (let count = 1; ; count++) {
      try {
        return await attempt(...(count === 1 ? [] : [Math.max(left(), LEAST_MS)]));
      } catch (error) {
        // What was answered, however late, costs nothing.
        this.leftMs = left();
        const pauseMs = backoffMs(count, PAUSES);
        const worthIt = isRepriseError(error) && error.kind === 'unavailable' && (harmless || !leavesOutcomeUnknown(error));
        if (!worthIt || pauseMs > this.leftMs || this.over?.aborted) throw error;
        await sleep(pauseMs, undefined, { ref: false, ...(this.over ? { signal: this.over } : {}) }).catch(() => {
          throw error;
        });
      }
    }
  }
}
