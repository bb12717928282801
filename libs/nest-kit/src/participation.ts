import { segmentAlive, segmentDone, segmentFailed, SegmentResult } from '@reprise/contracts';
import { RepriseError, toRepriseError } from '@reprise/kernel';
import type { MessageBus } from '@reprise/messaging-core';
import type { z } from 'zod';

export interface SegmentRef {
  jobId: string;
  segment: string;
  /** Fencing token of the attempt. */
  token: string;
}

/** How often work asks whether it is still wanted. */
const CHECK_EVERY_MS = 2_000;
/** How often it gives a sign of life, even while it can't ask. */
const BEAT_EVERY_MS = 15_000;

/** A participant's side of a segment: does it and reports to the saga. Handlers of such works call `run`, and `dead` when it failed for good. */
export class Participation {
  constructor(private readonly bus: MessageBus) {}

  /**
   * The report is durable before the work is acknowledged; a repeat of it is passed over by its token. `alive` is for work that takes
   * long: see {@link watch}.
   */
  async run({ jobId, segment, token }: SegmentRef, work: (alive: () => Promise<void>) => Promise<z.input<typeof SegmentResult>>): Promise<void> {
    if (!(await this.isAlive({ jobId, segment, token }))) return;
    const beat = this.beat({ jobId, segment, token });
    try {
      const result = SegmentResult.parse(await work(this.watch({ jobId, segment, token })));
      await this.bus.enqueue(segmentDone, { jobId, segment, token, result });
    } finally {
      clearInterval(beat);
    }
  }

  async dead({ jobId, segment, token }: SegmentRef, thrown: unknown): Promise<void> {
    const { kind, code, message } = isBody(thrown) ? thrown : toRepriseError(thrown).toBody();
    await this.bus.enqueue(segmentFailed, { jobId, segment, token, error: { kind, code, message } });
  }

  /** False when the job was cancelled or another attempt has taken over: whoever asks stops. */
  async isAlive({ jobId, segment, token }: SegmentRef): Promise<boolean> {
    return (await this.bus.request(segmentAlive, { jobId, segment, token })).alive;
  }

  /**
   * To be called before each step of a segment, as often as one likes: asks now and then whether the job still wants it, so that a cancelled
   * one doesn't read and write on. Error `jobs.segment-outdated` (cancelled).
   */
  watch({ jobId, segment, token }: SegmentRef, everyMs = CHECK_EVERY_MS): () => Promise<void> {
    // Not the time of day: only how long ago.
    let checked = performance.now();
    return async () => {
      if (performance.now() - checked < everyMs) return;
      if (!(await this.isAlive({ jobId, segment, token }))) {
        throw new RepriseError('cancelled', 'jobs.segment-outdated', `The segment ${segment} is no longer wanted.`);
      }
      checked = performance.now();
    };
  }

  /** A step may take longer than a worker may be silent. */
  private beat(ref: SegmentRef): NodeJS.Timeout {
    const beat = setInterval(() => void this.bus.request(segmentAlive, { ...ref, beat: true }).catch(() => undefined), BEAT_EVERY_MS);
    return beat.unref();
  }
}

function isBody(value: unknown): value is { kind: string; code: string; message: string } {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'kind' in value && 'code' in value && 'message' in value;
}
