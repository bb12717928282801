import { archiveOf, ARCHIVES, isFinished, type Job, jobOfArchive, jobOfWork, JobStore, WORK, workPrefix } from '@reprise/backup-core';
import { Clock, Logger, toRepriseError } from '@reprise/kernel';
import { Periodic } from '@reprise/nest-kit';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KeptFragments } from './kept-fragments.js';

const LOOK_MS = 60_000;
/** An upload of 64 GiB takes hours; one that nobody took up for a day was given up. */
const UPLOAD_MS = 24 * 60 * 60 * 1_000;
/** How long fragments lie around at most that nobody will take over, or archives that no backup names. Each look lists them all. */
const SWEEP_MS = 10 * 60_000;

/**
 * Removes what whoever made it can't remove any more. Several processes may do it at once: what goes is decided by the job store alone, and going twice
 * is going once.
 */
@Injectable()
export class Leftovers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly looks = new Periodic(LOOK_MS, () => this.removeAll());
  private swept = -Infinity;

  constructor(
    private readonly store: JobStore,
    private readonly objects: ArchiveObjects,
    private readonly fragments: KeptFragments,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.looks.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.looks.stop();
  }

  look(): Promise<void> {
    return this.looks.run();
  }

  private async removeAll(): Promise<void> {
    try {
      await this.removeWork();
      await this.removeUploads();
      await this.sweep();
    } catch (error) {
      this.logger.warn('Not all that is left over could be removed; this is tried again.', { error: toRepriseError(error).code });
    }
  }

  /** What a worker wrote for a job that had gone on without it, and has ended. */
  private async removeWork(): Promise<void> {
    const jobs = new Set<string>();
    for await (const { key } of this.objects.list(WORK)) jobs.add(jobOfWork(key));
    for (const id of jobs) if (hasEnded(await this.store.find(id))) await this.objects.deleteAll(workPrefix(id));
  }

  /** Its object goes first: one that can't be removed now is named again next time. */
  private async removeUploads(): Promise<void> {
    for (const key of await this.store.giveUpUploads(UPLOAD_MS)) {
      await this.objects.delete(key);
      await this.store.forgetUpload(key);
    }
  }

  private async sweep(): Promise<void> {
    if (this.clock.elapsed() - this.swept < SWEEP_MS) return;
    await this.removeArchives();
    await this.fragments.sweepAll();
    this.swept = this.clock.elapsed();
  }

  /** Likewise of attempts that came late. One that is being deleted is its own job's affair. */
  private async removeArchives(): Promise<void> {
    for await (const { key } of this.objects.list(ARCHIVES)) {
      const job = await this.store.find(jobOfArchive(key));
      if (hasEnded(job) && archiveOf(job)?.key !== key) await this.objects.delete(key);
    }
  }
}

function hasEnded(job: Job | undefined): boolean {
  return !job || isFinished(job);
}
