import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  ArchiveReader,
  assetFileName,
  assetFileOf,
  attachmentPath,
  bufferAccess,
  decodeEventFile,
  decodeFragmentIndex,
  encodeImportPlan,
  EXTERNAL_ASSET_BYTES,
  transformEvent,
  type AssetImportItem,
} from '@reprise/backup-archive';
import type { Principal, SegmentResult } from '@reprise/contracts';
import { EventLog, type StoredEvent } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { Participation } from '@reprise/nest-kit';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import type { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandsController } from '../commands/commands.controller.js';
import { QueriesController } from '../queries/queries.controller.js';
import { startInstallation } from '../testing/installation.js';
import { AssetExport } from './asset-export.js';
import { AssetImport } from './asset-import.js';
import { ParticipantController } from './participant.controller.js';

const archives = new URL('../../../../../fixtures/archives/', import.meta.url);
const root: Principal = { actor: 'client:root', administrator: true };
const app = { id: '2c961194-83a9-47d9-ac57-cea7a778a772', name: 'again' };
const job = { jobId: 'job-1', appId: app.id };
const task = (segment: string) => ({ ...job, segment, token: 't1' });
const keys = { archiveKey: 'jobs/job-1/archive', planKey: 'jobs/job-1/plan', mappingKey: 'jobs/job-1/mapping' };

interface Truth {
  files: { assetId: string | null; fileVersion: number; size: number; sha256: string }[];
}

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

const participant = () => installation.get(ParticipantController);
const objects = () => installation.get(AssetObjects);

function lastResult(): SegmentResult {
  const done = installation.bus.enqueued.at(-1);
  expect(done?.name).toBe('backup.segment-done');
  return (done!.body as { result: SegmentResult }).result;
}

async function filesOf(appId: string) {
  const found: string[] = [];
  for await (const { key } of objects().list(`${appId}/`)) found.push(key);
  return found;
}

/** What a restore has done with an archive before the files come: inspected, planned, events imported. */
async function prepare(archive: string, change: (item: AssetImportItem) => AssetImportItem = (item) => item) {
  const bytes = await readFile(new URL(`${archive}.zip`, archives));
  const reader = await ArchiveReader.open(bufferAccess(bytes));
  const versions = new Map<string, number>();
  const events: StoredEvent[] = [];
  const items: AssetImportItem[] = [];
  let oldAppId: string | undefined;
  for (let number = 0; number < reader.events; number++) {
    const entry = reader.event(number);
    const decoded = decodeEventFile(await reader.readEntry(entry), entry.name);
    oldAppId ??= decoded.stream.slice('app-'.length);
    const version = (versions.get(decoded.stream) ?? -1) + 1;
    versions.set(decoded.stream, version);
    const position = number + 1;
    events.push(transformEvent(decoded, { position, version, mapping: { oldAppId, newAppId: app.id, name: app.name, users: {} } }).event);
    const file = assetFileOf(decoded, position);
    if (file) items.push(change({ ...file, entry: reader.attachments(file.name)[0] ?? null }));
  }
  const store = installation.get(ArchiveObjects);
  await store.put(keys.archiveKey, bytes);
  await store.put(keys.planKey, encodeImportPlan({ kind: 'assets', from: 1, to: events.length, items }));
  const log = installation.get(EventLog);
  await log.beginImport(app.id, job.jobId);
  await log.importEvents(app.id, job.jobId, events);
  return { reader, to: events.length, items };
}

const importFiles = (to: number) => participant().import({ ...task('assets-0'), from: 1, to, ...keys });
const exportFiles = (to: number) => participant().export({ ...task('export-0'), from: 1, to, fragments: [{ from: 1, to, key: 'fragments/assets-0' }] });
const exported = async () => {
  const store = installation.get(ArchiveObjects);
  return { index: decodeFragmentIndex(await store.read('fragments/assets-0.index')), bytes: await store.read('fragments/assets-0') };
};

describe('a restore', () => {
  it.each(['small', 'small-v1', 'unicode', 'missing-asset'])('of %s brings back every file, and a backup writes the same ones again', async (archive) => {
    const { to, items } = await prepare(archive);
    const truth = JSON.parse(await readFile(new URL(`${archive}.truth.json`, archives), 'utf8')) as Truth;
    const files = truth.files.filter((file) => file.assetId !== null);
    await importFiles(to);
    await importFiles(to);
    const lost = items.length - files.length;
    expect(lost).toBe(archive === 'missing-asset' ? 2 : 0);
    const imported = lastResult();
    expect(imported).toMatchObject({ assets: files.length, lostAssets: lost, bytes: files.reduce((sum, { size }) => sum + size, 0) });
    expect(imported.warnings).toHaveLength(lost);
    expect(await filesOf(app.id)).toHaveLength(files.length);

    await exportFiles(to);
    const { index, bytes } = await exported();
    const byName = new Map(index.assetDigests.map((digest) => [digest.name, digest]));
    for (const { assetId, fileVersion, size, sha256 } of files) {
      expect(byName.get(attachmentPath(assetFileName(assetId!, fileVersion)))).toMatchObject({ size, sha256 });
    }
    expect(index.assetDigests.map(({ position }) => position)).toEqual(items.map(({ position }) => position));
    expect(index.assetDigests.filter(({ missing }) => missing)).toHaveLength(lost);
    expect(bytes.length).toBe(index.bytes);
    expect(lastResult()).toMatchObject({ assets: files.length, lostAssets: lost, bytes: index.length });
    expect(lastResult().warnings).toHaveLength(lost);
  });

  it('brings back tags to the letter', async () => {
    const { reader } = await prepare('unicode');
    const [tags, aliases] = [(await reader.readText('assettags.json'))!, (await reader.readText('assettagsalias.json'))!];
    await participant().importMetadata({ ...job, tags, aliases });
    await participant().importMetadata({ ...job, tags, aliases });
    expect(await participant().snapshot(job)).toEqual({ tags, aliases });
    expect(await participant().snapshot({ ...job, appId: 'another' })).toEqual({ tags: '{}' });
    await expect(participant().importMetadata({ ...job, tags: '[' })).rejects.toMatchObject({ code: 'assets.tags-invalid' });
  });

  it('changes no tags any more when its app is there already', async () => {
    await prepare('small');
    await installation.get(EventLog).endImport(app.id, job.jobId);
    await expect(participant().importMetadata({ ...job, tags: '{"a":{"name":"press","count":1}}' })).rejects.toMatchObject({ code: 'restores.late' });
    expect(await participant().snapshot(job)).toEqual({ tags: '{}' });
  });

  it('shows the assets once they are rebuilt', async () => {
    const { to } = await prepare('small');
    await importFiles(to);
    await participant().rebuild({ ...task('rebuild'), to });
    await participant().rebuild({ ...task('rebuild'), to });
    expect(lastResult().objects).toEqual({ assets: 5, assetsDeleted: 1, assetFolders: 1 });
    await installation.get(EventLog).endImport(app.id, job.jobId);
    const { assets } = await installation.get(QueriesController).list({ principal: root, app, page: { skip: 0, take: 10 } });
    for (const asset of assets) {
      expect(asset.appId).toBe(`${app.id},${app.name}`);
      expect(
        createHash('sha256')
          .update(await objects().read(asset.objectKey))
          .digest('hex'),
      ).toBe(asset.fileHash);
    }
  });

  it('says which file has not the size that its event names', async () => {
    const { to, items } = await prepare('small', (item) => (item.position === 35 ? { ...item, fileSize: 7 } : item));
    await importFiles(to);
    expect(lastResult()).toMatchObject({ assets: items.length, warnings: [expect.stringContaining('its event says 7')] });
  });

  it('fails when a file is not the one of the manifest', async () => {
    const { to } = await prepare('small', (item) => ({ ...item, sha256: '0'.repeat(64) }));
    await expect(importFiles(to)).rejects.toMatchObject({ kind: 'corrupt', code: 'archive.manifest-mismatch' });
  });

  it('does nothing for a job that was cancelled, and stops when it is cancelled meanwhile', async () => {
    const { to } = await prepare('small');
    const alive = new Participation(installation.bus).watch(task('assets-0'), { everyMs: 0 });
    await alive();
    installation.bus.alive = false;
    await importFiles(to);
    await exportFiles(to);
    expect(installation.bus.enqueued).toEqual([]);
    await expect(installation.get(AssetImport).run({ ...task('assets-0'), from: 1, to, ...keys }, alive)).rejects.toMatchObject({ kind: 'cancelled' });
    const segment = { ...task('export-0'), from: 1, to, fragments: [{ from: 1, to, key: 'fragments/assets-0' }] };
    await expect(installation.get(AssetExport).run(segment, alive)).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await installation.get(ArchiveObjects).stat('fragments/assets-0')).toBeUndefined();
    expect(await filesOf(app.id)).toEqual([]);
  });

  it('that is discarded while its last files are on their way leaves none of them', async () => {
    const { to } = await prepare('small');
    const { put } = objects();
    let goOn = () => undefined as void;
    const held = new Promise<void>((done) => (goOn = done));
    objects().put = async (key, source) => {
      await held;
      return put.call(objects(), key, source);
    };
    let asked = 0;
    const alive = async () => {
      if (asked++ === 2) throw new RepriseError('cancelled', 'jobs.segment-outdated', 'No longer wanted.');
    };
    const running = installation.get(AssetImport).run({ ...task('assets-0'), from: 1, to, ...keys }, alive);
    running.catch(() => undefined);
    await participant().discard(task('discard'));
    goOn();
    await expect(running).rejects.toMatchObject({ code: 'assets.discarded' });
    expect(asked).toBe(3);
    expect(await filesOf(app.id)).toEqual([]);
  });

  it('tells its job when a segment failed for good', async () => {
    await participant().giveUp(task('assets-0'), { kind: 'corrupt', code: 'archive.crc', message: 'damaged' });
    expect(installation.bus.enqueued).toMatchObject([{ name: 'backup.segment-failed', body: { segment: 'assets-0', error: { code: 'archive.crc' } } }]);
  });

  it('that is discarded leaves nothing, also of what comes late', async () => {
    const { to } = await prepare('small');
    await participant().importMetadata({ ...job, tags: '{"a":{"name":"press","count":1}}' });
    await importFiles(to);
    await participant().rebuild({ ...task('rebuild'), to });
    await participant().discard(task('discard'));
    await participant().discard(task('discard'));
    expect(await filesOf(app.id)).toEqual([]);
    expect(await participant().snapshot(job)).toEqual({ tags: '{}' });
    await expect(importFiles(to)).rejects.toMatchObject({ code: 'assets.discarded' });
    await expect(participant().importMetadata({ ...job, tags: '{}' })).rejects.toMatchObject({ code: 'assets.discarded' });
    await expect(participant().rebuild({ ...task('rebuild'), to })).rejects.toMatchObject({ code: 'read-models.discarded' });
    expect(await filesOf(app.id)).toEqual([]);
  });
});

describe('a backup', () => {
  it('leaves large files where they are, between the small ones', async () => {
    const contents = [randomBytes(10), randomBytes(EXTERNAL_ASSET_BYTES + 1), randomBytes(0)];
    for (const [number, content] of contents.entries()) {
      const commands = installation.get(CommandsController);
      const { uploadId, key } = await commands.begin({ principal: root, app });
      await objects().put(key, content);
      const file = {
        uploadId,
        fileName: 'x.bin',
        mimeType: 'application/octet-stream',
        size: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
      await commands.create({ principal: root, app, id: `asset-${number}`, file });
    }
    await exportFiles(3);
    const { index, bytes } = await exported();
    expect(index.pieces.filter((piece) => 'external' in piece)).toMatchObject([{ length: EXTERNAL_ASSET_BYTES + 1 }]);
    expect(bytes.length).toBeLessThan(1_000);
    expect(index.length).toBe(bytes.length + EXTERNAL_ASSET_BYTES + 1);
    expect(lastResult()).toMatchObject({ assets: 3, bytes: index.length, warnings: [] });
  });

  it('takes a file over that is lost by now, and one that was lost as soon as it is there again', async () => {
    const { to } = await prepare('small');
    await importFiles(to);
    const [lost] = await filesOf(app.id);
    const content = await objects().read(lost!);
    await objects().delete(lost!);
    await exportFiles(to);
    expect(lastResult()).toMatchObject({ assets: 7, lostAssets: 1, reused: { assets: 0 } });
    await objects().put(lost!, content);
    await exportFiles(to);
    expect(lastResult()).toMatchObject({ assets: 8, lostAssets: 0, reused: { assets: 0 }, warnings: [] });
    const whole = await exported();
    await objects().delete(lost!);
    await exportFiles(to);
    expect(lastResult()).toMatchObject({ assets: 8, lostAssets: 0, reused: { assets: 8 } });
    expect(await exported()).toEqual(whole);
  });

  it('of a part without files has an empty fragment', async () => {
    await prepare('small');
    await exportFiles(1);
    const { index, bytes } = await exported();
    expect([index.entries.length, bytes.length]).toEqual([0, 0]);
  });
});
