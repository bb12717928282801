import { ArchiveReader, openObject, readManifest } from '@reprise/backup-archive';
import type { BackupJob } from '@reprise/backup-core';
import { RepriseError } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { CleanUp } from '../clean-up.js';
import { Moves, type Run } from '../run.js';
import { Reexports } from './reexports.js';

/** The limits are for archives of others: a log may be older than the settings are. */
const UNLIMITED = { maxArchiveBytes: Infinity, maxEntries: Infinity, maxEventBytes: Infinity };

/** Looks at the archive as whoever restores it will: directory, sizes, counts, manifest. Fragments were read back when they were made. */
@Injectable()
export class VerifyArchive {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly cleanUp: CleanUp,
    private readonly reexports: Reexports,
    private readonly moves: Moves,
  ) {}

  /** Ends the backup, unless something was erased since it was exported. Error `backups.damaged` (internal). */
  async run(job: BackupJob, run: Run): Promise<void> {
    await this.check(job, run);
    if (await this.reexports.afterErasure(job, run)) return;
    await run.hold();
    await this.cleanUp.removeWork(job);
    await this.moves.end(job, run);
  }

  private async check(job: BackupJob, run: Run): Promise<void> {
    const source = await openObject(this.objects, job.archive!.key);
    run.signal.throwIfAborted();
    if (source.size !== job.archive!.size) throw damaged(`it has ${source.size} bytes instead of ${job.archive!.size}`);
    const reader = await ArchiveReader.open(source, UNLIMITED);
    if (reader.events !== job.cut) throw damaged(`it holds ${reader.events} events instead of ${job.cut}`);
    const manifest = await readManifest(reader);
    if (manifest?.manifest.root !== job.root) throw damaged('its manifest is not the one that was written');
  }
}

function damaged(why: string): RepriseError {
  return new RepriseError('internal', 'backups.damaged', `The archive was not written as it should be: ${why}. Make a new backup.`);
}
