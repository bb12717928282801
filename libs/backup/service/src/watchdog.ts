import { JobStore } from '@reprise/backup-core';
import { Logger, toRepriseError } from '@reprise/kernel';
import { Periodic } from '@reprise/nest-kit';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BackupConfig } from './backup.config.js';
import { JobRunner } from './saga/job-runner.js';

/** How often open jobs are looked at, whatever became of their messages and of whoever had them. */
const LOOK_MS = 15_000;
/** Workers give a sign of life much oftener: one that is silent for so long is gone, or frozen. */
const SILENT_MS = 2 * 60_000;
/** Longer than a segment waits for its turn: should one wait longer still, it is given out again, and its old message is passed over. */
const UNBEGUN_MS = 10 * 60_000;

/**
 * Takes up what nobody works on: at the start what ran before, where this process is alone, and from time to time whatever has lost its worker. Each
 * process that runs sagas has one, and they needn't know of each other: a job that somebody has isn't taken from them.
 */
@Injectable()
export class Watchdog implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly looks = new Periodic(LOOK_MS, () => this.lookAtAll());
  private isTakenOver = false;

  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly config: BackupConfig,
    private readonly logger: Logger,
  ) {}

  /** Not waited for: what it sends waits until messages are taken, which is after this. */
  onApplicationBootstrap(): void {
    void this.look();
    this.looks.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.looks.stop();
  }

  look(): Promise<void> {
    return this.looks.run();
  }

  private async lookAtAll(): Promise<void> {
    try {
      await this.takeOver();
      await this.store.requeueSilent(SILENT_MS, UNBEGUN_MS);
      for (const job of await this.store.list({ needsWork: true })) await this.runner.wake(job.id);
    } catch (error) {
      this.logger.warn('Open jobs could not be looked at; this is tried again.', { error: toRepriseError(error).code });
    }
  }

  private async takeOver(): Promise<void> {
    if (this.isTakenOver || !this.config.sole) return;
    await this.store.takeOver();
    this.isTakenOver = true;
  }
}
