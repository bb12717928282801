import { setTimeout as sleep } from 'node:timers/promises';
import { isRepriseError } from '@reprise/kernel';
import { backoffMs } from '@reprise/messaging-core';

export interface Circumstances {
  /** A repeat does nothing a second time, so that it may follow an attempt of which nobody knows what became. */
  isHarmless: boolean;
  isOver: () => boolean;
}

/** Nobody knows whether what was asked for was done. */
const UNKNOWN: ReadonlySet<string> = new Set(['messaging.timeout', 'messaging.interrupted']);

/** Does it again, with growing pauses, while a service is away; no longer than `patienceMs`. */
export async function persist<T>(patienceMs: number, { isHarmless, isOver }: Circumstances, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = backoffMs(count);
      const worthIt = isRepriseError(error) && error.kind === 'unavailable' && (isHarmless || !UNKNOWN.has(error.code));
      if (!worthIt || isOver() || performance.now() + pauseMs > deadline) throw error;
      await sleep(pauseMs, undefined, { ref: false });
    }
  }
}
