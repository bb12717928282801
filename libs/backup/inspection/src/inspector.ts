import {
  type ArchiveManifest,
  type ArchivePool,
  type ArchiveReader,
  type AssetDigest,
  type AssetImportItem,
  decodeEventFile,
  type ArchiveEntry,
  eventPath,
  type FolderDigest,
  type ImportPlan,
  type InspectedRun,
  inspectEvents,
  mapStream,
  proveEvents,
  readApp,
  readManifest,
  shownName,
} from '@reprise/backup-archive';
import { importEventsOf, type NewSegment, type RestoreReport } from '@reprise/backup-core';
import type { JsonObject } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import { AppFacts } from './app-facts.js';
import { AssetMatcher } from './asset-matcher.js';
import { type Attachments, readAttachments } from './attachments.js';
import { StreamVersions } from './stream-versions.js';
import { TypeCounts } from './type-counts.js';

export interface Inspection {
  app: { id: string; name: string };
  attachments: Attachments;
  report: RestoreReport;
  /** Of the manifest; absent without one. */
  root?: string;
  /** Their plans are stored. */
  segments: NewSegment[];
}

interface Hooks {
  /** Called between runs of events; throws to stop. */
  pulse(): Promise<void>;
  savePlan(segment: string, plan: ImportPlan): Promise<void>;
}

const MAX_WARNINGS = 1_000;

/** Reads all of an archive but the asset files' bytes, trusts nothing in it, and plans its import. */
export class Inspector {
  private readonly facts = new AppFacts();
  private readonly types = new TypeCounts();
  private readonly segments: NewSegment[] = [];
  private readonly folders: FolderDigest[] = [];
  private readonly warnings: string[] = [];
  private assets = 0;
  private entries: Omit<ArchiveEntry, 'name'>[] = [];
  private versions: number[] = [];
  private items: AssetImportItem[] = [];
  private readonly segmentEvents: number;

  constructor(
    private readonly reader: ArchiveReader,
    private readonly pool: ArchivePool,
    private readonly newAppId: string,
    private readonly hooks: Hooks,
  ) {
    this.segmentEvents = importEventsOf(reader.events);
  }

  /** Errors (invalid, corrupt): `archive.*`, each names the entry. */
  async inspect(): Promise<Inspection> {
    if (this.reader.events === 0) throw new RepriseError('invalid', 'archive.no-events', 'Backup has no event. The file is a ZIP, but not of an app.');
    const app = await readApp(this.reader);
    const mapping = { oldAppId: app.id, newAppId: this.newAppId };
    const attachments = await readAttachments(this.reader);
    const manifest = await readManifest(this.reader);
    const matcher = new AssetMatcher(this.reader, digestsOf(manifest));
    const streams = new StreamVersions();
    try {
      for await (const run of inspectEvents(this.reader, this.pool)) {
        await this.hooks.pulse();
        const versions = streams.next(run.streams.map((stream) => mapStream(stream, mapping)));
        await this.take(run, versions, matcher, manifest);
      }
    } finally {
      streams.close();
    }
    if (this.entries.length > 0) await this.closePlan(manifest);
    // Events and their number are proved now, asset files when their bytes are read.
    if (manifest) await proveEvents(this.reader, manifest, this.folders);
    const report = this.report(app, attachments, matcher, manifest);
    return { app, attachments, report, ...(manifest ? { root: manifest.manifest.root } : {}), segments: this.segments };
  }

  private async take(run: InspectedRun, versions: number[], matcher: AssetMatcher, manifest: ArchiveManifest | undefined): Promise<void> {
    await this.readFacts(run);
    if (run.folder) this.folders.push(run.folder);
    const files = new Map(run.assetFiles.map((file) => [file.position, file]));
    for (const [index, version] of versions.entries()) {
      const { offset, end, compressedSize, size, crc, method } = this.reader.event(run.from + index);
      this.types.add(run.types[index]!);
      this.entries.push({ offset, end, compressedSize, size, crc, method });
      this.versions.push(version);
      const file = files.get(run.from + index + 1);
      if (file) this.addAsset(matcher.match(file));
      if (this.entries.length === this.segmentEvents) await this.closePlan(manifest);
    }
  }

  /** The few events that tell who may do what. */
  private async readFacts(run: InspectedRun): Promise<void> {
    for (const [index, type] of run.types.entries()) {
      if (!AppFacts.concerns(type)) continue;
      const entry = eventPath(run.from + index);
      const { payload } = decodeEventFile(await this.reader.readEntry(this.reader.event(run.from + index)), entry);
      this.facts.apply(type, JSON.parse(payload) as JsonObject);
    }
  }

  private addAsset(item: AssetImportItem): void {
    this.assets++;
    this.items.push(item);
    if (!item.entry) this.warn(`The file ${shownName(item.name)} of the asset ${shownName(item.assetId)} is not in the archive.`);
    else if (item.fileSize !== null && item.entry.size !== item.fileSize)
      this.warn(`The file ${shownName(item.name)} has ${item.entry.size} bytes, its event says ${item.fileSize}.`);
  }

  private async closePlan(manifest: ArchiveManifest | undefined): Promise<void> {
    const index = this.segments.filter(({ kind }) => kind === 'import-events').length;
    const from = index * this.segmentEvents + 1;
    const to = from + this.entries.length - 1;
    const folders = manifest?.folders.slice(Math.floor((from - 1) / 1_000), Math.ceil(to / 1_000));
    await this.add(
      { id: `import-events-${index}`, stage: 'import', kind: 'import-events', from, to },
      {
        kind: 'events',
        from,
        to,
        entries: this.entries,
        versions: this.versions,
        ...(folders ? { folders } : {}),
      },
    );
    if (this.items.length > 0) {
      await this.add({ id: `import-assets-${index}`, stage: 'import', kind: 'import-assets', from, to }, { kind: 'assets', from, to, items: this.items });
    }
    this.entries = [];
    this.versions = [];
    this.items = [];
  }

  private async add(segment: NewSegment, plan: ImportPlan): Promise<void> {
    await this.hooks.savePlan(segment.id, plan);
    this.segments.push(segment);
  }

  private report(app: Inspection['app'], attachments: Attachments, matcher: AssetMatcher, manifest: ArchiveManifest | undefined): RestoreReport {
    const unknown = Object.entries(this.types.unknown).map(([type, count]) => `${count} events of the unknown type ${type} are kept as they are.`);
    const unproved = manifest ? [] : ["The archive has no manifest: completeness can't be proved."];
    return {
      app,
      events: this.reader.events,
      assets: this.assets,
      missingAssets: matcher.missing,
      attachments: attachments.count + this.assets - matcher.missing,
      users: Object.values(attachments.users),
      usersToCreate: [],
      ...this.facts.report(attachments.users),
      types: this.types.all,
      unknownTypes: this.types.unknown,
      unknownEntries: this.reader.unknown,
      manifest: manifest ? 'proved' : 'absent',
      warnings: [...unproved, ...attachments.warnings, ...unknown, ...this.warnings],
    };
  }

  private warn(message: string): void {
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push(message);
  }
}

function digestsOf(manifest: ArchiveManifest | undefined): Map<number, AssetDigest> {
  return new Map(manifest?.assets.map((digest) => [digest.position, digest]));
}
