import { isValidLink, type BackupJob, JobStore, parseLink, signLink } from '@reprise/backup-core';
import type { LinkSignature } from '@reprise/contracts';
import { Clock } from '@reprise/kernel';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BackupConfig } from '../backup.config.js';

/** Signed links to archives: made anew at each look, checked without knowing who comes. */
@Injectable()
export class Links implements OnApplicationBootstrap {
  private secret?: Promise<Buffer>;

  constructor(
    private readonly store: JobStore,
    private readonly config: BackupConfig,
    private readonly clock: Clock,
  ) {}

  async signer(): Promise<(jobId: string, appId: string) => LinkSignature> {
    const secret = await this.loadSecret();
    const expires = Math.floor(this.clock.now().getTime() / 1_000) + this.config.linkTtlSeconds;
    return (jobId, appId) => signLink(secret, jobId, appId, expires);
  }

  async isValid(job: BackupJob, link: LinkSignature): Promise<boolean> {
    return isValidLink(await this.loadSecret(), job.id, job.app.id, link, this.clock.now());
  }

  /**
   * The backup of this installation that a URL links to, whatever host it names. `expired`: it is ours by its address, but not (or no
   * longer) signed by us. Undefined for any other URL.
   */
  async ownBackup(url: string): Promise<{ job: BackupJob } | 'expired' | undefined> {
    const parsed = parseLink(url);
    if (parsed) {
      const job = await this.store.find(parsed.jobId);
      if (job?.kind === 'backup' && job.app.id === parsed.appId && (await this.isValid(job, parsed.link))) return { job };
    }
    return url.startsWith(`${this.config.baseUrl.replace(/\/$/, '')}/api/apps/`) ? 'expired' : undefined;
  }

  /** There before anybody asks: a full disk must not keep anybody from looking at jobs. */
  async onApplicationBootstrap(): Promise<void> {
    await this.loadSecret().catch(() => undefined);
  }

  private loadSecret(): Promise<Buffer> {
    this.secret ??= this.store.linkSecret().catch((error: unknown) => {
      delete this.secret;
      throw error;
    });
    return this.secret;
  }
}
