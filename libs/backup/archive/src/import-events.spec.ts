import { afterAll, describe, expect, it } from 'vitest';
import { ArchivePool, DEFAULT_LIMITS, decodeImportPlan, encodeImportPlan, inspectEvents, readApp, readImport, readManifest, RowsDigest } from './index.js';
import type { ArchivedEvent, EventImportPlan, RestoreMapping } from './index.js';
import { addEvents, attachments, backedUpAgain, plan } from './spec-archives.js';
import { collect, MemoryObjects, readerOf, sampleLog } from './spec-fixtures.js';

const pool = new ArchivePool();
afterAll(() => pool.destroy());

describe('an archive that is restored', () => {
  it('gives every event once, in order, transformed and checked, segment by segment', async () => {
    const { bytes, events } = await backedUpAgain('unicode.zip', pool);
    const reader = await readerOf(bytes);
    const manifest = (await readManifest(reader))!;
    const app = await readApp(reader);
    const mapping: RestoreMapping = { oldAppId: app.id, newAppId: 'new', name: app.name, users: {} };
    const options = { mapping, pool, maxEventBytes: DEFAULT_LIMITS.maxEventBytes };
    const planFor = (from: number, to: number): EventImportPlan => {
      const range = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      const versions = range.map((position) => events[position - 1]!.version);
      const folders = from === 1 && to === events.length ? { folders: manifest.folders } : {};
      return decodeImportPlan(
        encodeImportPlan({ kind: 'events', from, to, entries: range.map((position) => reader.event(position - 1)), versions, ...folders }),
      ) as EventImportPlan;
    };
    const all = (await collect(readImport(reader.source, planFor(1, events.length), options))).flatMap((batch) => batch.events);
    const halves = [planFor(1, 50), planFor(51, events.length)];
    const inHalves = (await Promise.all(halves.map((half) => collect(readImport(reader.source, half, options))))).flat(2).flatMap((batch) => batch.events);
    expect(inHalves).toEqual(all);
    expect(all.map(({ position, version }) => [position, version])).toEqual(events.map(({ position, version }) => [position, version]));
    expect(all.filter(({ type }) => type === 'NoopEvent').length).toBeGreaterThan(0);
    const digest = (rows: ArchivedEvent[]) => {
      const rowsDigest = new RowsDigest();
      rows.forEach((row) => rowsDigest.add(row));
      return rowsDigest.hex();
    };
    expect(digest(inHalves)).toBe(digest(all));
    expect(digest([{ ...all[0]!, payload: all[0]!.payload + ' ' }])).not.toBe(digest([all[0]!]));

    const forged = planFor(1, events.length);
    forged.folders![0]!.sha256 = '0'.repeat(64);
    await expect(collect(readImport(reader.source, forged, options))).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'archive.manifest-mismatch',
      message: expect.stringContaining('events/0'),
    });
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
