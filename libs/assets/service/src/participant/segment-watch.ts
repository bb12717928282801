import type { Participation, SegmentRef } from '@reprise/nest-kit';

const CHECK_EVERY_MS = 2_000;

/** Asks now and then whether the job still wants the segment, so that a cancelled one doesn't copy on for minutes. */
export class SegmentWatch {
  /** Not the time of day: only how long ago. */
  private checked = performance.now();

  constructor(
    private readonly participation: Participation,
    private readonly segment: SegmentRef,
    private readonly everyMs = CHECK_EVERY_MS,
  ) {}

  /** To be called before each step. Error `jobs.segment-outdated` (cancelled). */
  readonly check = async (): Promise<void> => {
    if (performance.now() - this.checked < this.everyMs) return;
    await this.participation.assertAlive(this.segment);
    this.checked = performance.now();
  };
}
