import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { PendingUploads } from '@reprise/assets-core';
import { Clock, Logger, toRepriseError } from '@reprise/kernel';
import { Periodic } from '@reprise/nest-kit';
import { Uploads } from './uploads.js';

const REVIEW_EVERY_MS = 10 * 60_000;
/** Longer than any upload and its command take. */
const ABANDONED_AFTER_MS = 60 * 60_000;
const AT_ONCE = 100;

/**
 * Removes files that were uploaded and that no command took up, or whose command left no event: of a crash, or a sender who hung up. Several processes
 * may do it at once: each file is given up by compare-and-set before it goes.
 */
@Injectable()
export class AbandonedUploads implements OnModuleInit, OnModuleDestroy {
  private readonly reviews = new Periodic(REVIEW_EVERY_MS, () => this.removeAll());

  constructor(
    private readonly pending: PendingUploads,
    private readonly uploads: Uploads,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.reviews.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.reviews.stop();
  }

  /** Never throws. */
  review(): Promise<void> {
    return this.reviews.run();
  }

  private async removeAll(): Promise<void> {
    try {
      const before = new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS);
      const abandoned = await this.pending.stale(before, AT_ONCE);
      for (const { uploadId } of abandoned) await this.uploads.conclude(uploadId, before);
      if (abandoned.length > 0) this.logger.info('Uploads that nothing had become of were looked through.', { count: abandoned.length });
    } catch (error) {
      this.logger.warn('Abandoned uploads could not be removed; this is tried again.', { error: toRepriseError(error).code });
    }
  }
}
