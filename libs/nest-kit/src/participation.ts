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

/** A participant's side of a segment: does it and reports to the saga. Handlers of such works call `run`, and `dead` when it failed for good. */
export class Participation {
  constructor(private readonly bus: MessageBus) {}

  /** The report is durable before the work is acknowledged; a repeat of it is passed over by its token. */
  async run({ jobId, segment, token }: SegmentRef, work: () => Promise<z.input<typeof SegmentResult>>): Promise<void> {
    if (!(await this.isAlive({ jobId, segment, token }))) return;
    const result = SegmentResult.parse(await work());
    await this.bus.enqueue(segmentDone, { jobId, segment, token, result });
  }

  async dead({ jobId, segment, token }: SegmentRef, thrown: unknown): Promise<void> {
    const { kind, code, message } = isBody(thrown) ? thrown : toRepriseError(thrown).toBody();
    await this.bus.enqueue(segmentFailed, { jobId, segment, token, error: { kind, code, message } });
  }

  /** False when the job was cancelled or another attempt has taken over: whoever asks stops. */
  async isAlive({ jobId, segment, token }: SegmentRef): Promise<boolean> {
    return (await this.bus.request(segmentAlive, { jobId, segment, token })).alive;
  }

  /** The same as an error, for loops. */
  async assertAlive(ref: SegmentRef): Promise<void> {
    if (!(await this.isAlive(ref))) throw new RepriseError('cancelled', 'jobs.segment-outdated', `The segment ${ref.segment} is no longer wanted.`);
  }
}

function isBody(value: unknown): value is { kind: string; code: string; message: string } {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'kind' in value && 'code' in value && 'message' in value;
}
