import { setTimeout as pause } from 'node:timers/promises';
import { RepriseError } from '@reprise/kernel';

const ATTEMPTS = 100;
const LONGEST_PAUSE_MS = 20;

/**
 * Runs a compare-and-set again while others are quicker, each time from what is stored by then: `attempt` answers undefined for that.
 * Error `storage.busy` (unavailable) when they are quicker all the time.
 */
export async function untilDecided<Result>(attempt: () => Promise<Result | undefined>): Promise<Result> {
  for (let count = 0; count < ATTEMPTS; count++) {
    const result = await attempt();
    if (result !== undefined) return result;
    // What refused the write may not be with a majority yet, and so not readable.
    await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 * (count + 1)));
  }
  throw new RepriseError('unavailable', 'storage.busy', 'Others change the same all the time. Try again.');
}
