import { changeJob, type Job, JobStore, SEGMENT_STAGES } from '@reprise/backup-core';
import { advanceJob, segmentAlive, segmentDone, segmentFailed, type BodyOf, type ReplyOf } from '@reprise/contracts';
import type { ErrorBody } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest, OnWork } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { JobRunner } from './saga/job-runner.js';
import { cancelled } from './saga/run.js';
import { isWorthAnother } from './saga/segment-reports.js';

/** After all attempts at a report. */
const REPORT_AGAIN_MS = 30_000;

/** What participants report, and the saga's own heartbeat. */
@Controller()
export class SegmentsController {
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly bus: MessageBus,
  ) {}

  /** Jobs don't wait for each other. A job is taken on once at a time in any case. */
  @OnWork(advanceJob, { concurrency: 16, dead: 'giveUp' })
  async advance({ jobId, failures }: BodyOf<typeof advanceJob>): Promise<void> {
    await this.runner.advance(jobId, failures);
  }

  async giveUp({ jobId }: BodyOf<typeof advanceJob>, error: ErrorBody): Promise<void> {
    await this.runner.giveUp(jobId, error);
  }

  /** The job is woken even when the report is a repeat: the first one may have been stored and then cut off. */
  @OnWork(segmentDone, { concurrency: 8, dead: 'doneLater' })
  async done({ jobId, segment, token, result }: BodyOf<typeof segmentDone>): Promise<void> {
    await this.store.finish(jobId, segment, token, result);
    await this.runner.wake(jobId);
  }

  @OnWork(segmentFailed, { concurrency: 8, dead: 'failedLater' })
  async failed({ jobId, segment, token, error }: BodyOf<typeof segmentFailed>): Promise<void> {
    const job = await this.store.find(jobId);
    if (!job) return;
    const all = (await Promise.all(SEGMENT_STAGES.map((stage) => this.store.segments(jobId, stage)))).flat();
    const attempts = all.find(({ id }) => id === segment)?.attempts ?? 0;
    const again = job.stage !== 'cleaning' && !job.cancelRequested && isWorthAnother(error, attempts);
    await this.store.fail(jobId, segment, token, error, again);
    await this.runner.wake(jobId);
  }

  /** A report that can't be stored (a disk that is full, say) isn't given up: without it the job would wait for its segment for ever. */
  async doneLater(report: BodyOf<typeof segmentDone>): Promise<void> {
    await this.bus.enqueue(segmentDone, report, { delayMs: REPORT_AGAIN_MS });
  }

  async failedLater(report: BodyOf<typeof segmentFailed>): Promise<void> {
    await this.bus.enqueue(segmentFailed, report, { delayMs: REPORT_AGAIN_MS });
  }

  /**
   * A job that turns back needs no segments but those that discard. Whoever hears so stops without another word, so that the segment is
   * settled here: discarding waits for it. A mere sign of life settles nothing, for its sender works on.
   */
  @OnRequest(segmentAlive)
  async alive({ jobId, segment, token, beat, handled }: BodyOf<typeof segmentAlive>): Promise<ReplyOf<typeof segmentAlive>> {
    const job = await this.store.renew(jobId, segment, token);
    if (!job) return { alive: false };
    if (handled) await this.note(job, handled);
    if (beat || segment.startsWith('discard-')) return { alive: true };
    if (job.stage !== 'cleaning' && !job.cancelRequested) return { alive: true };
    await this.store.fail(jobId, segment, token, cancelled().toBody(), false);
    await this.runner.wake(jobId);
    return { alive: false };
  }

  /** Of a verification, which is one task: figures of other jobs are those of the segments that are done. */
  private async note({ id, kind }: Job, { events, assets }: { events: number; assets: number }): Promise<void> {
    if (kind !== 'verify') return;
    await changeJob(this.store, id, (job) =>
      job.stage === 'checking' ? { ...job, handledEvents: Math.max(job.handledEvents, events), handledAssets: Math.max(job.handledAssets, assets) } : undefined,
    );
  }
}
