import { afterAll, describe, expect, it } from 'vitest';
import { ArchivePool, DEFAULT_LIMITS, decodeImportPlan, encodeImportPlan, inspectEvents, readApp, readImport, readManifest, RowsDigest } from './index.js';
import type { ArchivedEvent, ArchiveReader, EventImportPlan, RestoreMapping } from './index.js';
import { EventPacker, unpackEvents } from '@reprise/event-store-core';
import { addEvents, attachments, backedUpAgain, plan } from './spec-archives.js';
import { collect, MemoryObjects, readerOf, sampleLog } from './spec-fixtures.js';

const pool = new ArchivePool();
afterAll(() => pool.destroy());

function packed(events: ArchivedEvent[]) {
  const packer = new EventPacker(0);
  events.forEach((event) => packer.add(event));
  return packer.take();
}

function partOf(reader: ArchiveReader, from: number, to: number, versionOf: (position: number) => number): EventImportPlan {
  const positions = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return { kind: 'events', from, to, entries: positions.map((position) => reader.event(position - 1)), versions: positions.map(versionOf) };
}

describe('an archive that is restored', () => {
  it('gives every event once, in order, transformed and checked, segment by segment', async () => {
    const { bytes, events } = await backedUpAgain('unicode.zip', pool);
    const reader = await readerOf(bytes);
    const manifest = (await readManifest(reader))!;
    const app = await readApp(reader);
    const mapping: RestoreMapping = { oldAppId: app.id, newAppId: 'new', name: app.name, users: {} };
    const options = { mapping, pool, maxEventBytes: DEFAULT_LIMITS.maxEventBytes };
    const planFor = (from: number, to: number): EventImportPlan => {
      const part = partOf(reader, from, to, (position) => events[position - 1]!.version);
      const folders = from === 1 && to === events.length ? { folders: manifest.folders } : {};
      return decodeImportPlan(encodeImportPlan({ ...part, ...folders })) as EventImportPlan;
    };
    const eventsOf = async (part: EventImportPlan) =>
      (await collect(readImport(reader.source, part, options))).flatMap((batch) => [...unpackEvents(batch.events)]);
    const all = await eventsOf(planFor(1, events.length));
    const inHalves = (await Promise.all([planFor(1, 50), planFor(51, events.length)].map(eventsOf))).flat();
    expect(inHalves).toEqual(all);
    expect(all.map(({ position, version }) => [position, version])).toEqual(events.map(({ position, version }) => [position, version]));
    expect(all.filter(({ type }) => type === 'NoopEvent').length).toBeGreaterThan(0);
    const digest = (rows: ArchivedEvent[], atOnce = 1) => {
      const rowsDigest = new RowsDigest();
      // One by one here, by hundreds there: it makes no difference.
      for (let from = 0; from < rows.length; from += atOnce) rowsDigest.add(packed(rows.slice(from, from + atOnce)));
      return rowsDigest.hex();
    };
    expect(digest(inHalves, 100)).toBe(digest(all));
    expect(digest([{ ...all[0]!, type: `${all[0]!.type}{`, payload: all[0]!.payload.slice(1) }])).not.toBe(digest([all[0]!]));
    expect(digest([{ ...all[0]!, payload: all[0]!.payload + ' ' }])).not.toBe(digest([all[0]!]));

    const forged = planFor(1, events.length);
    forged.folders![0]!.sha256 = '0'.repeat(64);
    await expect(collect(readImport(reader.source, forged, options))).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'archive.manifest-mismatch',
      message: expect.stringContaining('events/0'),
    });
  });

  it('gives each event the version of its plan, in runs of several folders', async () => {
    const [COUNT, FROM] = [2_005, 400];
    const objects = new MemoryObjects();
    await addEvents(objects, pool, 'e', sampleLog(COUNT));
    const reader = await readerOf(await objects.archive(await plan(objects, [{ fragment: 'e' }, ...attachments], COUNT)));
    const part = partOf(reader, FROM, COUNT, (position) => position * 7);
    const mapping: RestoreMapping = { oldAppId: 'old', newAppId: 'new', name: 'n', users: {} };
    const batches = await collect(readImport(reader.source, part, { mapping, pool, maxEventBytes: DEFAULT_LIMITS.maxEventBytes }));
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flatMap(({ events }) => [...unpackEvents(events)]).map(({ version }) => version)).toEqual(part.versions);
  });

  it('names the event that cannot be read, also when a thread found it', async () => {
    const log = sampleLog(5);
    const objects = new MemoryObjects();
    const reader = async () => readerOf(await objects.archive(await plan(objects, [{ fragment: 'e' }, ...attachments], 5)));
    log[3]!.type = 'AppCreatedEvent';
    log[3]!.payload = '{"name":"again"}';
    await addEvents(objects, pool, 'e', log);
    await expect(collect(inspectEvents(await reader(), pool))).rejects.toMatchObject({
      code: 'archive.second-app',
      message: expect.stringContaining('events/0/3.json'),
    });
  });
});
