import {
  appIdOf,
  archiveKeyOf,
  type BackupJob,
  directoryKey,
  findingsKey,
  isReplay,
  type Job,
  JobStore,
  mappingKey,
  MAX_IN_FLIGHT,
  planKey,
  type Segment,
  type SegmentKind,
  type SegmentStage,
} from '@reprise/backup-core';
import {
  advanceJob,
  assembleArchive,
  type AssembleTask,
  checkArchive,
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
  inspectArchive,
  rebuildAssets,
  rebuildContents,
  rebuildRegistry,
} from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { fragmentsOf } from './backup/fragments.js';
import { isAbandoned, MAX_ATTEMPTS } from './segment-reports.js';

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
        if (isAbandoned(segment)) await this.giveUp(segment);
        else await this.send(job, segment);
      } catch (error) {
        // Nobody is at those behind it either, so nobody would ever report on them.
        await this.giveBack(segments.slice(index));
        throw error;
      }
    }
  }

  private async giveUp({ jobId, id, token }: Segment): Promise<void> {
    const message = `A part of the job, ${id}, was begun ${MAX_ATTEMPTS} times, and each time nobody came to its end. Look at the workers' logs and memory.`;
    await this.store.fail(jobId, id, token!, { kind: 'internal', code: 'jobs.segment-abandoned', message }, false);
    await this.bus.enqueue(advanceJob, { jobId });
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
    const reading = () => ({ ...task, archiveKey: archiveOf(job), findingsKey: findingsKey(job.id, task.token) });
    const comparison = () => ({ ...task, live: appIdOf(job), to: job.totalEvents! });
    const sends: Record<SegmentKind, () => Promise<void>> = {
      'export-events': () => this.bus.enqueue(exportEvents, fragments(), options),
      'export-assets': () => this.bus.enqueue(exportAssets, fragments(), options),
      'assemble-archive': async () => this.bus.enqueue(assembleArchive, await this.assembly(backupOf(job), task), options),
      'check-archive': () => this.bus.enqueue(checkArchive, reading(), options),
      'inspect-archive': () => this.bus.enqueue(inspectArchive, reading(), options),
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

  /** Everything that the archive is made of. */
  private async assembly(job: BackupJob, task: { jobId: string; segment: string; token: string; appId: string }): Promise<AssembleTask> {
    const segments = await this.store.segments(job.id, 'export');
    return {
      ...task,
      app: job.app,
      cut: job.cut!,
      started: job.started!,
      snapshot: job.snapshot!,
      segments: segments.map((segment) => ({ holds: segment.kind === 'export-assets' ? 'assets' : 'events', ...fragmentsOf(job, segment) })),
      archiveKey: archiveKeyOf(job.id, task.token),
      directoryKey: directoryKey(job.id, task.token),
    };
  }
}

function archiveOf(job: Job): string {
  if (job.kind === 'backup' || job.archiveKey === undefined) throw new Error(`The job ${job.id} has no archive to read.`);
  return job.archiveKey;
}

function backupOf(job: Job): BackupJob {
  if (job.kind !== 'backup') throw new Error(`The job ${job.id} exports nothing.`);
  return job;
}
