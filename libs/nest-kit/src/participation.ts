import { segmentAlive, segmentDone, segmentFailed, SegmentResult, type WorkContract } from '@reprise/contracts';
import { RepriseError, toRepriseError } from '@reprise/kernel';
import { type MessageBus, within } from '@reprise/messaging-core';
import type { z } from 'zod';

export interface SegmentRef {
  jobId: string;
  segment: string;
  /** Fencing token of the attempt. */
  token: string;
}

/** To be called before each step of a segment, as often as one likes. Error `jobs.segment-outdated` (cancelled). */
export type Alive = () => Promise<void>;

/** How far a segment is. */
export interface Handled {
  events: number;
  assets: number;
}

/** What is to be done. What is told by `tell` is sent with the next question whether the segment is still wanted. */
type Work = (alive: Alive, tell: (handled: Handled) => void) => Promise<z.input<typeof SegmentResult>>;

/** How often work asks whether it is still wanted. */
const CHECK_EVERY_MS = 3_000;
/** How often it gives a sign of life, even while it can't ask. */
const BEAT_EVERY_MS = 15_000;
/** A message isn't held for longer: brokers take back what is (RabbitMQ after 30 minutes), while the work on it goes on. */
const HOLD_MS = 5 * 60_000;
/** So many segments are worked on for which no message is held any more; what comes beyond them waits. */
const BEYOND_HOLD = 2;
const BUSY_MS = 15_000;

/** A participant's side of a segment: does it and reports to the saga. Handlers of such works call `run`, and `dead` when it failed for good. */
export class Participation {
  private readonly beyondHold = new Set<Promise<void>>();

  constructor(private readonly bus: MessageBus) {}

  /**
   * The report is durable before the work is acknowledged; a repeat of it is passed over by its token. Work that takes very long goes on without
   * its message: should this process end meanwhile, its silence has the segment given out again.
   */
  async run<Task extends SegmentRef>(contract: WorkContract<Task>, task: Task, work: Work): Promise<void> {
    if (this.beyondHold.size >= BEYOND_HOLD) return this.bus.enqueue(contract, task, { delayMs: BUSY_MS });
    if (!(await this.isAlive(task))) return;
    const done = this.perform(task, work);
    await within(HOLD_MS, done, () => this.goOn(task, done));
  }

  private async perform({ jobId, segment, token }: SegmentRef, work: Work): Promise<void> {
    let handled: Handled | undefined;
    const alive = this.watch({ jobId, segment, token }, { handled: () => handled });
    const beat = this.beat({ jobId, segment, token });
    try {
      const result = SegmentResult.parse(await work(alive, (told) => (handled = told)));
      await this.bus.enqueue(segmentDone, { jobId, segment, token, result });
    } catch (error) {
      if (!(await this.isOutdated({ jobId, segment, token }))) throw error;
    } finally {
      clearInterval(beat);
    }
  }

  /**
   * A work may come again when it is done, and fail since the job has removed what it reads. That is no failure of anybody's, so it isn't told, and no
   * operator has to look at its message.
   */
  private isOutdated(ref: SegmentRef): Promise<boolean> {
    return this.isAlive(ref).then(
      (alive) => !alive,
      () => false,
    );
  }

  /** Nobody tries it again by its message, so its failure is told here; if that can't be, its silence tells it. */
  private goOn(ref: SegmentRef, done: Promise<void>): void {
    const rest = done
      .catch((error: unknown) => this.dead(ref, error))
      .catch(() => undefined)
      .finally(() => this.beyondHold.delete(rest));
    this.beyondHold.add(rest);
  }

  async dead({ jobId, segment, token }: SegmentRef, thrown: unknown): Promise<void> {
    const { kind, code, message } = isBody(thrown) ? thrown : toRepriseError(thrown).toBody();
    await this.bus.enqueue(segmentFailed, { jobId, segment, token, error: { kind, code, message } });
  }

  /** False when the job was cancelled or another attempt has taken over: whoever asks stops. */
  async isAlive({ jobId, segment, token }: SegmentRef, handled?: Handled): Promise<boolean> {
    return (await this.bus.request(segmentAlive, { jobId, segment, token, ...(handled ? { handled } : {}) })).alive;
  }

  /** Asks now and then whether the job still wants the segment, so that a cancelled one doesn't read and write on. */
  watch({ jobId, segment, token }: SegmentRef, { everyMs = CHECK_EVERY_MS, handled = (): Handled | undefined => undefined } = {}): Alive {
    // Not the time of day: only how long ago.
    let checked = performance.now();
    return async () => {
      if (performance.now() - checked < everyMs) return;
      if (!(await this.isAlive({ jobId, segment, token }, handled()))) {
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
