import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ArchivePool,
  ArchiveReader,
  bufferAccess,
  decodeEventFile,
  decodeFragmentIndex,
  encodeImportPlan,
  encodeMapping,
  eventPath,
  readApp,
  type EventImportPlan,
} from '@reprise/backup-archive';
import type { ImportSegment } from '@reprise/contracts';
import { SqliteEventLog, eventLogTables } from '@reprise/event-store-sqlite';
import { importedEvents, readAll } from '@reprise/event-store-testing';
import { RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import { FolderObjectStore } from '@reprise/objects-fs';
import { SqliteDatabase } from '@reprise/sqlite';
import { inflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventStoreConfig } from '../event-store.config.js';
import { EventExport } from './event-export.js';
import { EventImport } from './event-import.js';

const small = new URL('../../../../../fixtures/archives/small.zip', import.meta.url);
const alive = async () => undefined;

describe('the event log in backup and restore', () => {
  const pool = new ArchivePool({ threads: 1 });
  afterAll(() => pool.destroy());

  let archive: ArchiveReader;
  let bytes: Buffer;
  let oldAppId: string;
  beforeAll(async () => {
    bytes = await readFile(small);
    archive = await ArchiveReader.open(bufferAccess(bytes));
    oldAppId = (await readApp(archive)).id;
  });

  let folder: string;
  let database: SqliteDatabase;
  let log: SqliteEventLog;
  let archives: FolderObjectStore;
  let exports: EventExport;
  let imports: EventImport;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-segments-'));
    database = await SqliteDatabase.open(join(folder, 'data.sqlite'), [eventLogTables]);
    log = new SqliteEventLog(database);
    archives = new FolderObjectStore(join(folder, 'archives'));
    await archives.prepare();
    exports = new EventExport(log, archives, pool, new SystemClock(), new SilentLogger());
    imports = new EventImport(log, archives, pool, new EventStoreConfig());
    await archives.put('archive.zip', bytes);
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  /** The segment of an import with its plan; versions counted in file order, as inspection does. */
  async function segment(from: number, to: number, changes: Partial<EventImportPlan> = {}): Promise<ImportSegment> {
    const versions: number[] = [];
    const streams = new Map<string, number>();
    for (let number = 0; number < archive.events; number++) {
      const { stream } = decodeEventFile(await archive.readEntry(archive.event(number)), eventPath(number));
      const version = (streams.get(stream) ?? -1) + 1;
      streams.set(stream, version);
      versions.push(version);
    }
    const entries = Array.from({ length: to - from + 1 }, (_, i) => archive.event(from - 1 + i));
    await archives.put(`plan-${from}`, encodeImportPlan({ kind: 'events', from, to, entries, versions: versions.slice(from - 1, to), ...changes }));
    await archives.put('mapping', encodeMapping({ oldAppId, newAppId: 'new', name: 'new-name', users: {} }));
    return {
      jobId: 'job',
      segment: `events-${from}`,
      token: 't',
      appId: 'new',
      from,
      to,
      archiveKey: 'archive.zip',
      planKey: `plan-${from}`,
      mappingKey: 'mapping',
    };
  }

  it('imports a genuine archive in segments, in any order, and repeats harmlessly', async () => {
    const count = archive.events;
    const second = await imports.run(await segment(41, count), alive);
    const first = await imports.run(await segment(1, 40), alive);
    expect(await imports.run(await segment(1, 40), alive)).toEqual(first);
    expect(await log.endImport('new', 'job')).toMatchObject({ position: count, state: 'open' });

    const events = await readAll(log, 'new');
    expect(first.events! + second.events!).toBe(count);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(events[0]).toMatchObject({ position: 1, stream: 'app-new', version: 0, type: 'AppCreatedEvent' });
    expect(events.every((event) => event.headers.includes(`"EventNumber":"${event.position}"`))).toBe(true);
    // Nobody is mapped here, so each event about a contributor is left out by name.
    const left = events.filter((event) => event.type === 'NoopEvent');
    expect([...first.warnings!, ...second.warnings!]).toHaveLength(left.length);
    expect(left.length).toBeGreaterThan(0);
  });

  it('exports what it imported: each event file holds what the log holds', async () => {
    await imports.run(await segment(1, archive.events), alive);
    const events = await readAll(log, 'new');
    const result = await exports.run(
      { jobId: 'job', segment: 's', token: 't', appId: 'new', from: 1, to: archive.events, fragments: [{ from: 1, to: archive.events, key: 'fragment' }] },
      alive,
    );

    const { entries } = decodeFragmentIndex(await archives.read('fragment.index'));
    const fragment = await archives.read('fragment');
    expect(result).toMatchObject({ events: archive.events, bytes: fragment.length, reused: { events: 0 } });
    expect(Array.from(entries, ({ name }) => name)).toEqual(events.map((event) => eventPath(event.position - 1)));
    [...entries].forEach((entry, i) => {
      const start = entry.offset + 30 + fragment.readUInt16LE(entry.offset + 26) + fragment.readUInt16LE(entry.offset + 28);
      const data = fragment.subarray(start, start + entry.compressedSize);
      const { type, stream, payload } = decodeEventFile(entry.method === 8 ? inflateRawSync(data) : data, entry.name);
      expect({ type, stream, payload }).toEqual({ type: events[i]!.type, stream: events[i]!.stream, payload: events[i]!.payload });
    });
  });

  it('fails when the log does not give back what was written to it', async () => {
    const { readPacked } = log;
    log.readPacked = async (...range) => {
      const page = await readPacked.apply(log, range);
      page.events.texts[page.events.texts.length >> 1]! ^= 1;
      return page;
    };
    await expect(imports.run(await segment(1, 40), alive)).rejects.toMatchObject({ kind: 'corrupt', code: 'log.read-back-differs' });
  });

  it('makes no index for a fragment that the store does not give back as it was written', async () => {
    await imports.run(await segment(1, archive.events), alive);
    const { read } = archives;
    archives.read = async (key, ...range) => {
      const bytes = await read.call(archives, key, ...range);
      if (key === 'fragment') bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    };
    const task = {
      jobId: 'job',
      segment: 's',
      token: 't',
      appId: 'new',
      from: 1,
      to: archive.events,
      fragments: [{ from: 1, to: archive.events, key: 'fragment' }],
    };
    await expect(exports.run(task, alive)).rejects.toMatchObject({ kind: 'unavailable', code: 'archive.fragment-damaged' });
    expect(await archives.stat('fragment.index')).toBeUndefined();
  });

  it('exports a segment of several folders, and the same twice', async () => {
    await log.beginImport('app', 'job');
    await log.importEvents('app', 'job', importedEvents('app', 1, 2500));
    const task = { jobId: 'job', segment: 's', token: 't', appId: 'app', from: 1001, to: 2500, fragments: [{ from: 1001, to: 2500, key: 'fragment' }] };
    await exports.run(task, alive);
    const first = decodeFragmentIndex(await archives.read('fragment.index'));
    expect(first.folders.map(({ name, count }) => [name, count])).toEqual([
      ['events/1', 1000],
      ['events/2', 500],
    ]);
    await exports.run(task, alive);
    expect(decodeFragmentIndex(await archives.read('fragment.index')).folders).toEqual(first.folders);
  });

  it('fails when the log ends before the segment does, and leaves no index', async () => {
    await log.beginImport('app', 'job');
    await log.importEvents('app', 'job', importedEvents('app', 1, 10));
    const task = { jobId: 'job', segment: 's', token: 't', appId: 'app', from: 1, to: 20, fragments: [{ from: 1, to: 20, key: 'fragment' }] };
    await expect(exports.run(task, alive)).rejects.toMatchObject({ kind: 'corrupt', code: 'log.range-missing' });
    expect(await archives.stat('fragment.index')).toBeUndefined();
  });

  it('stops when its job is cancelled', async () => {
    const cancelled = async () => {
      throw new RepriseError('cancelled', 'jobs.segment-unwanted', 'Cancelled.');
    };
    await log.beginImport('app', 'job');
    await log.importEvents('app', 'job', importedEvents('app', 1, 10));
    const task = { jobId: 'job', segment: 's', token: 't', appId: 'app', from: 1, to: 10, fragments: [{ from: 1, to: 10, key: 'fragment' }] };
    await expect(exports.run(task, cancelled)).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(imports.run(await segment(1, 10), cancelled)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await archives.stat('fragment')).toBeUndefined();
    expect((await log.head('new')).state).toBe('absent');
  });

  it('refuses to import what a discarded app brings late', async () => {
    await imports.run(await segment(1, 10), alive);
    await log.purge('new');
    await expect(imports.run(await segment(11, 20), alive)).rejects.toMatchObject({ code: 'log.purged' });
  });

  it('names a damaged event file and stores nothing of its batch', async () => {
    const damaged = Buffer.from(bytes);
    damaged[archive.event(4).offset + 80]! ^= 0xff;
    await archives.put('archive.zip', damaged);
    await expect(imports.run(await segment(1, 10), alive)).rejects.toMatchObject({ kind: 'corrupt', message: expect.stringContaining(eventPath(4)) });
    expect((await log.head('new')).position).toBe(0);
  });

  it('refuses a plan of another segment', async () => {
    await segment(1, 10);
    const task = { ...(await segment(11, 20)), planKey: 'plan-1' };
    await expect(imports.run(task, alive)).rejects.toMatchObject({ code: 'archive.plan-invalid' });
  });
});
