import { addLine, archiveOf, fetchedKey, JobStore, type RestoreJob } from '@reprise/backup-core';
import { RepriseError } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Links } from '../../access/links.service.js';
import { type Download, Downloader } from '../../fetch/downloader.js';
import { orRemove } from '../or-remove.js';
import { Moves, type Run } from '../run.js';

/** Brings the archive into the archive store, wherever it comes from. */
@Injectable()
export class FetchArchive {
  constructor(
    private readonly store: JobStore,
    private readonly objects: ArchiveObjects,
    private readonly links: Links,
    private readonly downloader: Downloader,
    private readonly moves: Moves,
  ) {}

  async run(job: RestoreJob, run: Run): Promise<void> {
    const archiveKey = await this.bring(job, run);
    const object = await this.objects.stat(archiveKey);
    if (!object) throw new RepriseError('invalid', 'restores.upload-missing', 'The upload did not arrive whole. Upload the archive again.');
    const end = () =>
      this.moves.from(job, run, (current, now) => ({
        ...current,
        stage: 'inspecting',
        archiveKey,
        handledBytes: object.size,
        totalBytes: object.size,
        log: addLine(current.log, now, 'Downloaded Backup'),
      }));
    // An upload isn't this attempt's own: whoever has the job by now needs it.
    await (job.source.kind === 'upload' ? end() : orRemove(this.objects, archiveKey, end));
  }

  private async bring(job: RestoreJob, run: Run): Promise<string> {
    const { source } = job;
    if (source.kind === 'upload') return source.key;
    if (source.kind === 'backup') return this.copy(job, source.backupId, run);
    const own = await this.links.ownBackup(source.url);
    if (own === 'expired')
      throw new RepriseError('invalid', 'restores.link-expired', 'The link has expired or was changed. Take a new one from the list of backups.');
    if (own) return this.copy(job, own.job.id, run);
    return this.download(job, source.url, run);
  }

  /** The backup may be deleted while it is restored, so the job has a copy of its own (the store copies without us). */
  private async copy(job: RestoreJob, backupId: string, { lease }: Run): Promise<string> {
    const archive = archiveOf(await this.store.find(backupId));
    if (!archive) {
      throw new RepriseError('not-found', 'backups.not-found', 'The backup does not exist any more, or it is not completed.');
    }
    await this.objects.compose(fetchedKey(job.id, lease), [{ from: this.objects, key: archive.key }]);
    return fetchedKey(job.id, lease);
  }

  private async download(job: RestoreJob, url: string, run: Run): Promise<string> {
    await this.downloader.fetch(url, run.signal, (download) => this.objects.put(fetchedKey(job.id, run.lease), this.counted(job, download, run)));
    return fetchedKey(job.id, run.lease);
  }

  private async *counted(job: RestoreJob, { body, size }: Download, run: Run): AsyncGenerator<Uint8Array> {
    const pulse = this.moves.pulse<RestoreJob>(job, run);
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      await pulse((current) => ({ ...current, handledBytes: Math.max(current.handledBytes, bytes), ...(size === undefined ? {} : { totalBytes: size }) }));
      yield chunk;
    }
  }
}
