import {
  type ArchivePool,
  AssetFragmentWriter,
  assetFileName,
  decodeImportPlan,
  decodeMapping,
  DEFAULT_LIMITS,
  eventFragment,
  exportFragments,
  type FragmentPlace,
  hasAssetFile,
  type NewFragment,
  openObject,
  readImport,
  streamEntry,
} from '@reprise/backup-archive';
import { inPages } from '@reprise/backup-archive/testing';
import * as contracts from '@reprise/contracts';
import { eventAt, unpackEvents } from '@reprise/event-store-core';
import { RepriseError, SilentLogger, toRepriseError } from '@reprise/kernel';
import type { ObjectStore } from '@reprise/objects-core';
import type { LoopBus } from './loop-bus.js';
import type { MemoryLog } from './memory-log.js';

type Task = { jobId: string; segment: string; token: string };

/** All other services as the sagas see them, as small as can be: the names that are taken, a log, asset files. */
export class Participants {
  /** App ids by name, reserved and taken. */
  readonly names = new Map<string, string>();
  /** What was discarded, by contract. */
  readonly discarded: string[] = [];
  /** What each comparison of a proof finds. */
  differences: string[] = [];
  /** Keys of the fragments that were made, not taken over. */
  readonly made: string[] = [];
  /** Called before each piece of work with its contract's name and its job's id: to fail, or to wait. */
  before: (contract: string, jobId: string) => Promise<void> = async () => undefined;

  constructor(
    private readonly bus: LoopBus,
    private readonly log: MemoryLog,
    private readonly archives: ObjectStore,
    private readonly assets: ObjectStore,
    private readonly pool: ArchivePool,
  ) {
    this.joinRequests();
    this.joinWorks();
  }

  private joinRequests(): void {
    const { bus, names } = this;
    bus.on(contracts.findApp, async ({ name }: { name: string }) => {
      if (!names.has(name)) throw new RepriseError('not-found', 'apps.not-found', 'The app does not exist.');
      return { app: { id: names.get(name), name, version: 0 } };
    });
    bus.on(contracts.livingApps, async ({ ids }: { ids: string[] }) => ({ living: ids.filter((id) => [...names.values()].includes(id)) }));
    bus.on(contracts.snapshotRegistry, async ({ appId }: { appId: string }) => ({
      app: { id: appId, name: 'small' },
      settings: '{"theme":"dark"}',
      urls: { assets: 'https://here/api/assets/', assetsApp: 'https://here/api/assets/small/' },
    }));
    bus.on(contracts.snapshotAssets, async () => ({ tags: '{"t":{"name":"photo","count":1}}' }));
    bus.on(contracts.resolveUsers, async ({ ids }: { ids: string[] }) => ({ users: Object.fromEntries(ids.map((id) => [id, `${id}@example.com`])) }));
    bus.on(contracts.matchUsers, async () => ({ known: ['owner@example.com'] }));
    bus.on(contracts.importRegistry, async ({ users }: { users: Record<string, string> }) => ({
      users: Object.fromEntries(Object.keys(users).map((id) => [id, `new-${id}`])),
      created: Object.values(users),
      urls: { assets: 'https://here/api/assets/', assetsBase: 'https://here' },
    }));
    bus.on(contracts.importAssetMetadata, async () => ({}));
    bus.on(contracts.reserveName, async ({ name, appId }: { name: string; appId: string }) => {
      if (names.has(name) && names.get(name) !== appId) throw new RepriseError('conflict', 'apps.name-taken', 'Taken.');
      names.set(name, appId);
      return {};
    });
    bus.on(contracts.releaseName, async ({ name, appId }: { name: string; appId: string }) => {
      if (names.get(name) === appId) names.delete(name);
      return {};
    });
    bus.on(contracts.takeName, async () => ({}));
    bus.on(contracts.openLog, async ({ appId }: { appId: string }) => ({ head: this.log.open(appId) }));
  }

  private joinWorks(): void {
    this.work(contracts.exportEvents, (body) => this.exportEvents(body));
    this.work(contracts.exportAssets, (body) => this.exportAssets(body));
    this.work(contracts.importEvents, (body) => this.importEvents(body));
    this.work(contracts.importAssets, (body) => this.importAssets(body));
    for (const contract of [contracts.rebuildRegistry, contracts.rebuildContents, contracts.rebuildAssets]) {
      this.work(contract, async () => ({ objects: { [contract.name.split('.')[0]!]: 1 } }));
    }
    for (const contract of [contracts.compareRegistry, contracts.compareContents, contracts.compareAssets]) {
      this.work(contract, async ({ live }) => {
        const differences = this.log.apps.has(live) ? this.differences : ['The live app is gone.'];
        return { comparison: { rows: 5, folds: 1, differences, moreDifferences: 0 } };
      });
    }
    for (const contract of [contracts.discardEvents, contracts.discardRegistry, contracts.discardContents, contracts.discardAssets]) {
      this.work(contract, async ({ appId }) => {
        this.discarded.push(contract.name);
        this.log.purge(appId);
        await this.assets.deleteAll(`${appId}/`);
        return {};
      });
    }
  }

  private work<Body extends Task>(contract: contracts.WorkContract<Body>, run: (body: Body) => Promise<Partial<contracts.SegmentResult>>): void {
    this.bus.on(contract, async (body: Body) => {
      const { jobId, segment, token } = body;
      try {
        await this.before(contract.name, jobId);
        const { alive } = await this.bus.request(contracts.segmentAlive, { jobId, segment, token });
        if (!alive) return;
        await this.bus.enqueue(contracts.segmentDone, { jobId, segment, token, result: contracts.SegmentResult.parse(await run(body)) });
      } catch (error) {
        await this.bus.enqueue(contracts.segmentFailed, { jobId, segment, token, error: toRepriseError(error).toBody() });
      }
    });
  }

  private exportEvents({ appId, ...task }: contracts.ExportSegment) {
    const pages = async function* (log: MemoryLog, { from, to }: { from: number; to: number }) {
      yield* inPages((await log.read(appId, { from, to, limit: to })).events);
    };
    return this.export(appId, task, (range) => eventFragment(pages(this.log, range), { pool: this.pool, modified: new Date() }));
  }

  private exportAssets({ appId, ...task }: contracts.ExportSegment) {
    return this.export(appId, task, ({ from, to }) => {
      const writer = new AssetFragmentWriter({ modified: new Date() });
      const { log, assets } = this;
      const bytes = async function* () {
        const { events } = await log.read(appId, { from, to, limit: to, kinds: ['asset'] });
        for (const event of events.filter(({ type }) => hasAssetFile(type))) {
          const { assetId, fileVersion } = JSON.parse(event.payload) as { assetId: string; fileVersion: number };
          const content = await assets.read(`${appId}/@${event.position}`);
          yield* writer.addAsset({ position: event.position, name: assetFileName(assetId, fileVersion), content });
        }
      };
      return { bytes: bytes(), index: () => writer.index() };
    });
  }

  private export(appId: string, { fragments, joined }: Pick<contracts.ExportSegment, 'fragments' | 'joined'>, make: (place: FragmentPlace) => NewFragment) {
    return exportFragments(fragments, {
      joined,
      eventAt: (position) => eventAt(this.log, appId, position),
      archives: this.archives,
      assets: this.assets,
      make: (place) => {
        this.made.push(place.key);
        return make(place);
      },
      alive: async () => undefined,
      logger: new SilentLogger(),
    });
  }

  private async importEvents({ appId, planKey, mappingKey, archiveKey }: contracts.ImportSegment) {
    const plan = decodeImportPlan(await this.archives.read(planKey));
    if (plan.kind !== 'events') throw new Error('Not a plan for events.');
    const mapping = decodeMapping(await this.archives.read(mappingKey));
    let events = 0;
    const warnings: string[] = [];
    for await (const batch of readImport(await openObject(this.archives, archiveKey), plan, {
      mapping,
      pool: this.pool,
      maxEventBytes: DEFAULT_LIMITS.maxEventBytes,
    })) {
      const imported = [...unpackEvents(batch.events)];
      this.log.import(appId, imported);
      events += imported.length;
      warnings.push(...batch.warnings);
    }
    return { events, warnings };
  }

  private async importAssets({ appId, planKey, archiveKey }: contracts.ImportSegment) {
    const plan = decodeImportPlan(await this.archives.read(planKey));
    if (plan.kind !== 'assets') throw new Error('Not a plan for assets.');
    const source = await openObject(this.archives, archiveKey);
    const warnings: string[] = [];
    let [assets, lostAssets] = [0, 0];
    for (const { position, assetId, entry } of plan.items) {
      if (!entry) {
        warnings.push(`The asset ${assetId} is lost.`);
        lostAssets++;
        continue;
      }
      await this.assets.put(`${appId}/@${position}`, streamEntry(source, entry));
      assets++;
    }
    return { assets, lostAssets, warnings };
  }
}
