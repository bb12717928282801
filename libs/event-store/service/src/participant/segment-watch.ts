import type { Participation, SegmentRef } from '@reprise/nest-kit';

const CHECK_EVERY_MS = 2_000;

/**
 * To be called before each step of a segment: asks now and then whether the job still wants it, so that a cancelled one doesn't read and
 * write on. Throws what `assertAlive` throws (cancelled).
 */
export function watchSegment(participation: Participation, segment: SegmentRef): () => Promise<void> {
  // Not the time of day: only how long ago. `run` has asked just now.
  let checked = performance.now();
  return async () => {
    if (performance.now() - checked < CHECK_EVERY_MS) return;
    await participation.assertAlive(segment);
    checked = performance.now();
  };
}
