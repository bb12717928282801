import { archiveOf, type ArchiveInfo, type BackupJob, changeJob, type CheckJob, JobStore } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { backupNotFound } from '../../access/rights.js';

/** The backup that a check is about. It may be deleted meanwhile. */
@Injectable()
export class CheckedBackup {
  constructor(private readonly store: JobStore) {}

  /** Error `backups.not-found`. */
  async find({ backupId }: CheckJob): Promise<{ backup: BackupJob; archive: ArchiveInfo }> {
    const backup = await this.store.find(backupId);
    const archive = archiveOf(backup);
    if (backup?.kind !== 'backup' || !archive) throw backupNotFound();
    return { backup, archive };
  }

  /** Keeps with the backup what the check has shown, if it has shown anything. May be repeated. */
  async keepResult(job: CheckJob, now: Date): Promise<void> {
    const at = now.toISOString();
    await changeJob<BackupJob>(this.store, job.backupId, (backup) => {
      if (!job.result) return undefined;
      return job.kind === 'verify' ? { ...backup, verified: { at, ...job.result } } : { ...backup, proved: { at, ...job.result } };
    });
  }
}
