import { type ArchivePlan, composable, decodeFragmentIndex, decodeStoredFragment, type FragmentIndex, planArchive } from '@reprise/backup-archive';
import {
  addLine,
  addWarnings,
  archiveKeyOf,
  type BackupJob,
  type JobProgress,
  JobStore,
  PROGRESS,
  progressLine,
  type Segment,
  withFigures,
} from '@reprise/backup-core';
import { resolveUsers } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { hasCode, isRepriseError, Logger, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects, type ObjectStore } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { BackupConfig } from '../../backup.config.js';
import { directoryKey } from '../keys.js';
import { orRemove } from '../or-remove.js';
import { Moves, type Run } from '../run.js';
import { stageWarnings } from '../segment-reports.js';
import { archiveFileName, archiveParts } from './archive-content.js';
import { fragmentsOf } from './fragments.js';
import { Reexports } from './reexports.js';

const USERS_AT_ONCE = 1_000;
const EPOCH = '1970-01-01T00:00:00Z';
/** The slot of the line that tells what was taken over. */
const REUSED = 'reused';
/** Kept fragments are disposable at any time, the moment before they are assembled included; who keeps on losing them has another problem. */
const MAX_REEXPORTS = 3;
const FRAGMENT_CHANGED = 'archive.fragment-changed';

/** Joins the fragments and what is made at each cut into one archive. The bytes go from store to store, never through this process as a whole. */
@Injectable()
export class AssembleArchive {
  constructor(
    private readonly store: JobStore,
    private readonly log: EventLogReader,
    private readonly objects: ArchiveObjects,
    private readonly assets: AssetObjects,
    private readonly bus: MessageBus,
    private readonly config: BackupConfig,
    private readonly reexports: Reexports,
    private readonly moves: Moves,
    private readonly logger: Logger,
  ) {}

  async run(job: BackupJob, progress: JobProgress, run: Run): Promise<void> {
    if (await this.reexports.afterErasure(job, run)) return;
    if (job.stage === 'exporting') return this.begin(job, progress, run);
    try {
      await this.assemble(job, run);
    } catch (error) {
      if (!isFragmentLost(error) || (job.reexports ?? 0) >= MAX_REEXPORTS) throw error;
      this.logger.warn('A part of a backup was damaged or gone before it was assembled. Its segments are checked again.', {
        jobId: job.id,
        reason: error.message,
      });
      await this.reexports.begin(job, { reexports: (job.reexports ?? 0) + 1 }, run);
    }
  }

  private async assemble(job: BackupJob, run: Run): Promise<void> {
    const plan = await this.plan(job, await this.store.segments(job.id, 'export'), run);
    run.signal.throwIfAborted();
    const directory = directoryKey(job.id, run.lease);
    const expected = plan.length + (await this.objects.put(directory, plan.directory())).size;
    const key = archiveKeyOf(job.id, run.lease);
    const { size } = await this.objects.compose(key, [
      ...composable<ObjectStore>(plan.pieces, { archives: this.objects, assets: this.assets }),
      { from: this.objects, key: directory },
    ]);
    // A store composes what is there: of an object that was cut off, less than was planned.
    if (size !== expected)
      throw new RepriseError('corrupt', FRAGMENT_CHANGED, `The archive came to ${size} bytes instead of ${expected}. Check the disk or store of the archives.`);
    const { root } = plan.manifest;
    const archive = { key, size, etag: `${job.id}-${root}`, fileName: archiveFileName(job.app.name, job.started!) };
    await orRemove(this.objects, key, () =>
      this.moves.from(job, run, (current) => ({ ...current, stage: 'verifying', root, totalBytes: size, handledBytes: size, archive })),
    );
  }

  private async begin(job: BackupJob, progress: JobProgress, run: Run): Promise<void> {
    const { warnings, more } = await stageWarnings(this.store, job, 'export');
    const reused = await this.reused(job);
    await this.moves.from(job, run, (current, now) => {
      const counted = withFigures(current, progress);
      const before = reused === undefined ? current.log : addLine(current.log, now, reused, REUSED);
      const log = addLine(before, now, progressLine(counted, counted) ?? '', PROGRESS);
      return { ...counted, stage: 'assembling', log: addWarnings(log, now, warnings, more) };
    });
  }

  /** How much was there from before, if anything. Once all is checked again, what this backup made is there too: the line stays as it was. */
  private async reused(job: BackupJob): Promise<string | undefined> {
    if (job.reexports) return undefined;
    const parts = (await this.store.segments(job.id, 'export')).flatMap(({ result }) => result?.reused ?? []);
    const sum = (of: 'events' | 'assets') => parts.reduce((total, part) => total + part[of], 0);
    return sum('events') + sum('assets') === 0 ? undefined : `Taken over from before: events: ${sum('events')}, assets: ${sum('assets')}`;
  }

  private async plan(job: BackupJob, segments: Segment[], run: Run): Promise<ArchivePlan> {
    const users = await this.users(job, segments, run);
    const { avatar } = job.snapshot!.registry;
    return planArchive({
      parts: archiveParts(job, segments, avatar && (await this.avatar(avatar.key)), users),
      modified: new Date(job.started!),
      app: job.app,
      cut: { position: job.cut!, timestamp: await this.timestamp(job) },
      tool: `reprise ${this.config.toolVersion}`,
      loadIndex: (key) => this.index(key),
    });
  }

  /** E-mails of all users whom the events name and this installation knows. */
  private async users(job: BackupJob, segments: Segment[], run: Run): Promise<Record<string, string>> {
    const ids = new Set<string>();
    for (const segment of segments.filter(({ kind }) => kind === 'export-events')) {
      run.signal.throwIfAborted();
      for (const { key } of fragmentsOf(job, segment).fragments) {
        for (const id of decodeStoredFragment(await this.objects.read(`${key}.index`)).users) ids.add(id);
      }
    }
    const users: Record<string, string> = {};
    const all = [...ids];
    for (let from = 0; from < all.length; from += USERS_AT_ONCE) {
      Object.assign(users, (await this.bus.request(resolveUsers, { ids: all.slice(from, from + USERS_AT_ONCE) })).users);
    }
    return users;
  }

  private async index(fragmentKey: string): Promise<FragmentIndex> {
    return decodeFragmentIndex(await this.objects.read(`${fragmentKey}.index`));
  }

  private async avatar(key: string): Promise<Uint8Array | undefined> {
    try {
      return await this.assets.read(key);
    } catch (error) {
      // Lost like an asset can be lost: no reason to have no backup.
      if (hasCode(error, 'objects.not-found')) return undefined;
      throw error;
    }
  }

  private async timestamp(job: BackupJob): Promise<string> {
    const { events } = await this.log.read(job.app.id, { from: job.cut!, to: job.cut!, limit: 1 });
    const timestamp = (JSON.parse(events[0]?.headers ?? '{}') as Record<string, unknown>)['Timestamp'];
    return typeof timestamp === 'string' ? timestamp : EPOCH;
  }
}

/** A fragment, or an asset file that one leaves where it is, is not there as its segment reported. */
function isFragmentLost(error: unknown): error is RepriseError {
  const codes = [FRAGMENT_CHANGED, 'archive.fragment-index-invalid', 'objects.not-found', 'objects.range-invalid', 'objects.truncated'];
  return isRepriseError(error) && codes.includes(error.code);
}
