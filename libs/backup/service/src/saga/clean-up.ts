import { archivePrefix, type BackupJob, changeJob, isCheck, isFinished, type Job, JobStore, type RestoreJob, workPrefix } from '@reprise/backup-core';
import { advanceJob, releaseName } from '@reprise/contracts';
import { Clock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { CheckedBackup } from './check/checked-backup.js';
import { Moves, type Run } from './run.js';

/** Leaves nothing of a job that turned back, and no working file of any job. All of it may be repeated. */
@Injectable()
export class CleanUp {
  constructor(
    private readonly store: JobStore,
    private readonly objects: ArchiveObjects,
    private readonly bus: MessageBus,
    private readonly checked: CheckedBackup,
    private readonly clock: Clock,
    private readonly moves: Moves,
  ) {}

  /** The last step of a job that turned back (whatever the participants had is discarded already), of a dry run, and of a check. */
  async end(job: Job, run: Run): Promise<void> {
    await run.hold();
    if (job.kind === 'restore' && job.touched && job.name !== undefined) {
      await this.bus.request(releaseName, { name: job.name, appId: job.appId, holder: job.id });
    }
    if (job.kind === 'backup') await this.objects.deleteAll(archivePrefix(job.id));
    await this.removeWork(job);
    if (isCheck(job)) await this.checked.keepResult(job, this.clock.now());
    await this.moves.end(job, run);
  }

  /** Working files, an upload among them, and archives of attempts that don't count. */
  async removeWork(job: Job): Promise<void> {
    await this.objects.deleteAll(workPrefix(job.id));
    if (job.kind === 'backup')
      for await (const { key } of this.objects.list(archivePrefix(job.id))) if (key !== job.archive?.key) await this.objects.delete(key);
    if (job.kind === 'restore') await this.removeUpload(job);
  }

  /** What a person deleted. */
  async delete(job: Job): Promise<void> {
    if (job.kind === 'backup') {
      await this.objects.deleteAll(archivePrefix(job.id));
      await this.deleteChecks(job);
    }
    await this.store.delete(job.id);
  }

  /** Whatever was, or is being, found out about a backup goes with it. */
  private async deleteChecks(backup: BackupJob): Promise<void> {
    for (const job of await this.store.list({ appId: backup.app.id })) {
      if (!isCheck(job) || job.backupId !== backup.id) continue;
      await changeJob(this.store, job.id, (current) => ({
        ...current,
        deleteRequested: true,
        cancelRequested: current.cancelRequested || !isFinished(current),
      }));
      await this.bus.enqueue(advanceJob, { jobId: job.id });
    }
  }

  private async removeUpload({ source }: RestoreJob): Promise<void> {
    if (source.kind === 'upload') await this.objects.delete(source.key);
  }
}
