import { isFinished, jobOfWork, JobStore, WORK, workPrefix } from '@reprise/backup-core';
import { Clock, Logger, toRepriseError } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KeptFragments } from './kept-fragments.js';
import { JobRunner } from './saga/job-runner.js';

/** How often open jobs are looked at, whatever became of their messages. */
const LOOK_MS = 60_000;
/** Longer than any segment works, or waits for its turn, without a sign of life: whoever is silent for so long was never told of it, or is gone. */
const SILENT_MS = 10 * 60_000;
/** An upload of 64 GiB takes hours; one that nobody took up for a day was given up. */
const UPLOAD_MS = 24 * 60 * 60 * 1_000;

/** How long fragments lie around at most that nobody will take over. Each look lists them all. */
const SWEEP_MS = 10 * 60_000;

/** Takes up at the start what was running before, and from time to time what may have been lost. The queues are made from the job store. */
@Injectable()
export class Resumer implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private swept = -Infinity;
  /** What ran before the start waits again. */
  private isResumed = false;

  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly objects: ArchiveObjects,
    private readonly fragments: KeptFragments,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Once; then it goes on by itself. */
  async look(): Promise<void> {
    try {
      await this.requeue();
      for (const job of await this.store.list({ needsWork: true })) await this.runner.wake(job.id);
      await this.removeLeftovers();
      await this.removeUploads();
      await this.sweepFragments();
    } catch (error) {
      this.logger.warn('Open jobs could not be looked at; this is tried again.', { error: toRepriseError(error).code });
    }
  }

  private async requeue(): Promise<void> {
    await this.store.requeueRunning(this.isResumed ? new Date(this.clock.now().getTime() - SILENT_MS) : undefined);
    this.isResumed = true;
  }

  /** What a worker wrote for a job that had gone on without it, and has ended. */
  private async removeLeftovers(): Promise<void> {
    const jobs = new Set<string>();
    for await (const { key } of this.objects.list(WORK)) jobs.add(jobOfWork(key));
    for (const id of jobs) {
      const job = await this.store.find(id);
      if (!job || isFinished(job)) await this.objects.deleteAll(workPrefix(id));
    }
  }

  /** Its object goes first: one that can't be removed now is named again next time. */
  private async removeUploads(): Promise<void> {
    for (const key of await this.store.giveUpUploads(new Date(this.clock.now().getTime() - UPLOAD_MS))) {
      await this.objects.delete(key);
      await this.store.forgetUpload(key);
    }
  }

  private async sweepFragments(): Promise<void> {
    if (this.clock.elapsed() - this.swept < SWEEP_MS) return;
    await this.fragments.sweepAll();
    this.swept = this.clock.elapsed();
  }
}
