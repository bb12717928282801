import { appIdOf, type BackupJob, isReplay, type Job, JobStore, MAX_IN_FLIGHT, type Segment, type SegmentKind, type SegmentStage } from '@reprise/backup-core';
import {
  compareAssets,
  compareContents,
  compareRegistry,
  discardAssets,
  discardContents,
  discardEvents,
  discardRegistry,
  exportAssets,
  exportEvents,
  importAssets,
  importEvents,
  rebuildAssets,
  rebuildContents,
  rebuildRegistry,
} from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { fragmentsOf } from './backup/fragments.js';
import { mappingKey, planKey } from './keys.js';

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/** Gives segments out to the participants, each attempt under its own token. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly store: JobStore,
    private readonly bus: MessageBus,
  ) {}

  async dispatch(job: Job, stage: SegmentStage): Promise<void> {
    const segments = await this.store.claim(job.id, stage, MAX_IN_FLIGHT);
    for (const [index, segment] of segments.entries()) {
      try {
        await this.send(job, segment);
      } catch (error) {
        // Nobody is at those behind it either, so nobody would ever report on them.
        await this.giveBack(segments.slice(index));
        throw error;
      }
    }
  }

  private async giveBack(segments: readonly Segment[]): Promise<void> {
    const unsent = { kind: 'unavailable', code: 'messaging.unsent', message: 'The message could not be sent.' };
    for (const { jobId, id, token } of segments) await this.store.fail(jobId, id, token!, unsent, true);
  }

  private send(job: Job, segment: Segment): Promise<void> {
    // The app that the work is done in: of a proof, its shadow.
    const appId = isReplay(job) ? job.appId : job.app.id;
    const task = { jobId: job.id, segment: segment.id, token: segment.token!, appId };
    const range = { ...task, from: segment.from, to: segment.to };
    // The worker has tried several times with pauses of its own before it gave up; what comes back from there waits longer.
    const options = segment.attempts > 1 ? { delayMs: Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (segment.attempts - 2)) } : {};
    const fragments = () => ({ ...range, ...fragmentsOf(backupOf(job), segment) });
    const plan = () => ({ ...range, archiveKey: archiveOf(job), planKey: planKey(job.id, segment.id), mappingKey: mappingKey(job.id) });
    const rebuild = () => ({ ...task, to: job.totalEvents ?? 0 });
    const comparison = () => ({ ...task, live: appIdOf(job), to: job.totalEvents! });
    const sends: Record<SegmentKind, () => Promise<void>> = {
      'export-events': () => this.bus.enqueue(exportEvents, fragments(), options),
      'export-assets': () => this.bus.enqueue(exportAssets, fragments(), options),
      'import-events': () => this.bus.enqueue(importEvents, plan(), options),
      'import-assets': () => this.bus.enqueue(importAssets, plan(), options),
      'rebuild-registry': () => this.bus.enqueue(rebuildRegistry, rebuild(), options),
      'rebuild-contents': () => this.bus.enqueue(rebuildContents, rebuild(), options),
      'rebuild-assets': () => this.bus.enqueue(rebuildAssets, rebuild(), options),
      'compare-registry': () => this.bus.enqueue(compareRegistry, comparison(), options),
      'compare-contents': () => this.bus.enqueue(compareContents, comparison(), options),
      'compare-assets': () => this.bus.enqueue(compareAssets, comparison(), options),
      'discard-events': () => this.bus.enqueue(discardEvents, task, options),
      'discard-registry': () => this.bus.enqueue(discardRegistry, task, options),
      'discard-contents': () => this.bus.enqueue(discardContents, task, options),
      'discard-assets': () => this.bus.enqueue(discardAssets, task, options),
    };
    return sends[segment.kind]();
  }
}

function archiveOf(job: Job): string {
  if (!isReplay(job) || job.archiveKey === undefined) throw new Error(`The job ${job.id} has no archive to import from.`);
  return job.archiveKey;
}

function backupOf(job: Job): BackupJob {
  if (job.kind !== 'backup') throw new Error(`The job ${job.id} exports nothing.`);
  return job;
}
