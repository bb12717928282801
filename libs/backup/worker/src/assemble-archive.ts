import {
  type ArchivePlan,
  ArchiveReader,
  composable,
  decodeFragmentIndex,
  decodeStoredFragment,
  FRAGMENT_CHANGED,
  type FragmentIndex,
  indexKey,
  openObject,
  planArchive,
  readManifest,
} from '@reprise/backup-archive';
import { type AssembleTask, resolveUsers, type SegmentResult } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { hasCode, isRepriseError, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import type { Alive } from '@reprise/nest-kit';
import { ArchiveObjects, AssetObjects, type ObjectStore } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { archiveParts } from './archive-parts.js';
import { ArchiveWorkerConfig } from './archive-worker.config.js';

const USERS_AT_ONCE = 1_000;
const EPOCH = '1970-01-01T00:00:00Z';
/** The limits are for archives of others: a log may be older than the settings are. */
const UNLIMITED = { maxArchiveBytes: Infinity, maxEntries: Infinity, maxEventBytes: Infinity };

/** Joins the fragments and what is made at each cut into one archive. The bytes go from store to store, never through this process as a whole. */
@Injectable()
export class AssembleArchive {
  constructor(
    private readonly log: EventLogReader,
    private readonly objects: ArchiveObjects,
    private readonly assets: AssetObjects,
    private readonly bus: MessageBus,
    private readonly config: ArchiveWorkerConfig,
  ) {}

  /**
   * Writes nothing but the task's own archive. Errors: {@link FRAGMENT_CHANGED} (corrupt) when a fragment, or an asset file that one leaves where it is,
   * isn't there as its segment reported; `backups.damaged` (internal) when the store doesn't give back what it was given.
   */
  async run(task: AssembleTask, alive: Alive): Promise<Partial<SegmentResult>> {
    const { root, size } = await this.assemble(task, alive).catch(tellingOfLostFragments);
    await alive();
    await this.check(task, { root, size });
    return { archive: { size, root } };
  }

  private async assemble(task: AssembleTask, alive: Alive): Promise<{ root: string; size: number }> {
    const plan = await this.plan(task, alive);
    await alive();
    const { archiveKey, directoryKey } = task;
    const expected = plan.length + (await this.objects.put(directoryKey, plan.directory())).size;
    const { size } = await this.objects.compose(archiveKey, [
      ...composable<ObjectStore>(plan.pieces, { archives: this.objects, assets: this.assets }),
      { from: this.objects, key: directoryKey },
    ]);
    // A store composes what is there: of an object that was cut off, less than was planned.
    if (size !== expected)
      throw new RepriseError('corrupt', FRAGMENT_CHANGED, `The archive came to ${size} bytes instead of ${expected}. Check the disk or store of the archives.`);
    return { root: plan.manifest.root, size };
  }

  private async plan(task: AssembleTask, alive: Alive): Promise<ArchivePlan> {
    const users = await this.users(task, alive);
    const { avatar } = task.snapshot.registry;
    return planArchive({
      parts: archiveParts(task, avatar && (await this.avatar(avatar.key)), users),
      modified: new Date(task.started),
      app: task.app,
      cut: { position: task.cut, timestamp: await this.timestamp(task) },
      tool: `reprise ${this.config.toolVersion}`,
      loadIndex: (key) => this.index(key),
    });
  }

  /** E-mails of all users whom the events name and this installation knows. */
  private async users({ segments }: AssembleTask, alive: Alive): Promise<Record<string, string>> {
    const ids = new Set<string>();
    for (const { fragments } of segments.filter(({ holds }) => holds === 'events')) {
      await alive();
      for (const { key } of fragments) for (const id of decodeStoredFragment(await this.objects.read(indexKey(key))).users) ids.add(id);
    }
    const users: Record<string, string> = {};
    const all = [...ids];
    for (let from = 0; from < all.length; from += USERS_AT_ONCE) {
      Object.assign(users, (await this.bus.request(resolveUsers, { ids: all.slice(from, from + USERS_AT_ONCE) })).users);
    }
    return users;
  }

  private async index(fragmentKey: string): Promise<FragmentIndex> {
    return decodeFragmentIndex(await this.objects.read(indexKey(fragmentKey)));
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

  private async timestamp({ app, cut }: AssembleTask): Promise<string> {
    const { events } = await this.log.read(app.id, { from: cut, to: cut, limit: 1 });
    const timestamp = (JSON.parse(events[0]?.headers ?? '{}') as Record<string, unknown>)['Timestamp'];
    return typeof timestamp === 'string' ? timestamp : EPOCH;
  }

  /** Directory, sizes, counts and manifest are as whoever restores it will find them. Fragments were read back when they were made. */
  private async check({ archiveKey, cut }: AssembleTask, written: { root: string; size: number }): Promise<void> {
    const source = await openObject(this.objects, archiveKey);
    if (source.size !== written.size) throw damaged(`it has ${source.size} bytes instead of ${written.size}`);
    const reader = await ArchiveReader.open(source, UNLIMITED);
    if (reader.events !== cut) throw damaged(`it holds ${reader.events} events instead of ${cut}`);
    const manifest = await readManifest(reader);
    if (manifest?.manifest.root !== written.root) throw damaged('its manifest is not the one that was written');
  }
}

function tellingOfLostFragments(error: unknown): never {
  const codes = ['archive.fragment-index-invalid', 'objects.not-found', 'objects.range-invalid', 'objects.truncated'];
  if (isRepriseError(error) && codes.includes(error.code)) throw new RepriseError('corrupt', FRAGMENT_CHANGED, error.message, { cause: error });
  throw error;
}

function damaged(why: string): RepriseError {
  return new RepriseError('internal', 'backups.damaged', `The archive was not written as it should be: ${why}. Make a new backup.`);
}
