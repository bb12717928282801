import { createHash } from 'node:crypto';
import { PendingUploads, TagStore } from '@reprise/assets-core';
import type { Principal } from '@reprise/contracts';
import { EventLog, newEvent } from '@reprise/event-store-core';
import { EMPTY_ID, newId, RepriseError } from '@reprise/kernel';
import { AssetObjects } from '@reprise/objects-core';
import type { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QueriesController } from '../queries/queries.controller.js';
import { startInstallation } from '../testing/installation.js';
import { AbandonedUploads } from '../uploads/abandoned-uploads.js';
import { CommandsController } from './commands.controller.js';

const MINUTE = 60_000;
const root: Principal = { actor: 'client:root', administrator: true };
const app = { id: '7cc2ba7c-4fcd-49dd-911c-cd00494a2798', name: 'shop' };
const as = (role: string, id = app.id): Principal => ({ actor: 'client:shop:x', administrator: false, app: { id, name: 'shop', role } });
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAEUlEQVR42mNgGAWjYBSMAigAAAQQAAHvYxWRAAAAAElFTkSuQmCC', 'base64');

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

const commands = () => installation.get(CommandsController);
const queries = () => installation.get(QueriesController);
const objects = () => installation.get(AssetObjects);

async function upload(bytes: Buffer, fileName = 'a.png', mimeType = 'image/png') {
  const { uploadId, key } = await commands().begin({ principal: root, app });
  await objects().put(key, bytes);
  return { uploadId, fileName, mimeType, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const create = async (parts: { id?: string; key?: string; parentId?: string; bytes?: Buffer; fileName?: string } = {}) => {
  const { bytes = PNG, fileName, ...command } = parts;
  return (await commands().create({ principal: root, app, ...command, file: await upload(bytes, fileName) })).asset;
};
const find = async (idOrSlug: string) => (await queries().find({ principal: root, app, idOrSlug })).asset;
const files = async () => {
  const found: string[] = [];
  for await (const { key } of objects().list(`${app.id}/`)) found.push(key);
  return found;
};
const events = async () => (await installation.get(EventLog).read(app.id, { from: 1, to: 1_000, limit: 1_000 })).events;

describe('an uploaded file', () => {
  it('becomes an asset that is read back by id and slug, with its bytes', async () => {
    const asset = await create({ fileName: 'Öl Bild.png' });
    expect(asset).toMatchObject({
      fileName: 'Öl Bild.png',
      slug: 'ol-bild.png',
      type: 'Image',
      metadata: { pixelWidth: 24, pixelHeight: 16 },
      fileVersion: 0,
      parentId: EMPTY_ID,
    });
    expect(await find(asset.id)).toEqual(asset);
    expect(await find('ol-bild.png')).toEqual(asset);
    expect((await objects().read(asset.objectKey)).equals(PNG)).toBe(true);
    const [event] = await events();
    expect(asset.objectKey).toBe(`${app.id}/${(JSON.parse(event!.headers) as { EventId: string }).EventId}`);
  });

  it('may be empty', async () => {
    const asset = await create({ bytes: Buffer.alloc(0) });
    expect(asset).toMatchObject({ fileSize: 0, type: 'Unknown' });
    expect((await objects().stat(asset.objectKey))?.size).toBe(0);
  });

  it('is taken up once, for one asset of its app', async () => {
    const file = await upload(PNG);
    const other = { ...app, id: newId() };
    await expect(commands().create({ principal: root, app: other, file })).rejects.toMatchObject({ code: 'assets.upload-unknown' });
    const { asset } = await commands().create({ principal: root, app, id: 'one', file });
    await expect(commands().create({ principal: root, app, id: 'two', file })).rejects.toMatchObject({ kind: 'invalid', code: 'assets.upload-unknown' });
    expect(await files()).toEqual([asset.objectKey]);
  });

  it('must be there as a whole', async () => {
    const file = await upload(PNG);
    await expect(commands().create({ principal: root, app, file: { ...file, size: 999 } })).rejects.toMatchObject({ code: 'assets.upload-incomplete' });
    const { uploadId } = await commands().begin({ principal: root, app });
    await expect(commands().create({ principal: root, app, file: { ...file, uploadId } })).rejects.toMatchObject({ code: 'assets.upload-incomplete' });
  });

  it('is removed after an hour when nothing became of it, and kept when its event is in the log', async () => {
    const asset = await create();
    const left = await upload(PNG);
    const refused = await upload(PNG);
    await expect(commands().create({ principal: root, app, id: asset.id, file: refused })).rejects.toMatchObject({ kind: 'conflict', code: 'assets.id-taken' });
    installation.bus.failAppend = () => Promise.reject(new Error('The event store is away.'));
    await expect(commands().create({ principal: root, app, id: 'lost', file: await upload(PNG) })).rejects.toThrow('away');
    const sweeper = installation.get(AbandonedUploads);
    installation.clock.forward(59 * MINUTE);
    await sweeper.review();
    expect(await files()).toHaveLength(4);
    installation.clock.forward(2 * MINUTE);
    await sweeper.review();
    await sweeper.review();
    expect(await files()).toEqual([asset.objectKey]);
    await expect(commands().create({ principal: root, app, file: left })).rejects.toMatchObject({ code: 'assets.upload-unknown' });
  });
});

describe('creating an asset', () => {
  it('that is in the log, and whose upload could not be settled, does not say that nothing was done', async () => {
    installation.get(PendingUploads).settle = () => Promise.reject(new RepriseError('unavailable', 'storage.full', 'No room.'));
    await expect(create({ id: 'mine' })).rejects.toMatchObject({ kind: 'unavailable', code: 'commands.outcome-unknown' });
    expect((await find('mine')).id).toBe('mine');
  });

  it('happens once for one key, and a second upload of the repetition is dropped', async () => {
    const asset = await create({ key: 'k1' });
    expect(await create({ key: 'k1' })).toEqual(asset);
    expect(await events()).toHaveLength(1);
    expect(await files()).toEqual([asset.objectKey]);
    expect((await create({ key: 'k2' })).id).not.toBe(asset.id);
  });

  it('refuses an id that is taken and a folder that is not there', async () => {
    await create({ id: 'mine' });
    await expect(create({ id: 'mine' })).rejects.toMatchObject({ code: 'assets.id-taken' });
    await expect(create({ id: '../x' })).rejects.toMatchObject({ code: 'assets.id-invalid' });
    await expect(create({ parentId: newId() })).rejects.toMatchObject({ code: 'assets.folder-not-found' });
  });

  it('goes into a folder, and lists tell what lies where', async () => {
    const [outer, inner] = await Promise.all([addFolder('outer', EMPTY_ID), addFolder('inner', 'outer')]);
    const asset = await create({ parentId: inner });
    const atRoot = await create();
    const list = (parentId?: string) => queries().list({ principal: root, app, ...(parentId === undefined ? {} : { parentId }), page: { skip: 0, take: 10 } });
    expect(await list(inner)).toMatchObject({ total: 1, assets: [{ id: asset.id }] });
    expect(await list(EMPTY_ID)).toMatchObject({ total: 1, assets: [{ id: atRoot.id }] });
    expect((await list()).total).toBe(2);
    expect((await queries().list({ principal: root, app, ids: [asset.id, 'unknown'], page: { skip: 0, take: 10 } })).assets.map(({ id }) => id)).toEqual([
      asset.id,
    ]);
    expect(await queries().folders({ principal: root, app, parentId: inner })).toMatchObject({ total: 0, folders: [], path: [{ id: outer }, { id: inner }] });
    expect(await queries().folders({ principal: root, app, parentId: EMPTY_ID })).toMatchObject({ total: 1, folders: [{ id: outer }], path: [] });
  });
});

/** As a restore or a later version of this service writes it. */
async function addFolder(id: string, parentId: string): Promise<string> {
  const event = newEvent({
    type: 'AssetFolderCreatedEvent',
    payload: { parentId, folderName: id, assetFolderId: id },
    app,
    actor: 'client:root',
    eventId: newId(),
    commitId: newId(),
    aggregateId: `${app.id}--${id}`,
    timestamp: new Date(),
  });
  await installation.get(EventLog).append({ appId: app.id, commitKey: newId(), stream: `assetFolder-${app.id}--${id}`, expectedVersion: -1, events: [event] });
  return id;
}

describe('an asset', () => {
  it('gets another file, and keeps the old one', async () => {
    const asset = await create({ id: 'a' });
    const replace = async (bytes: Buffer) =>
      (await commands().replace({ principal: root, app, id: 'a', file: await upload(bytes, 'b.txt', 'text/plain') })).asset;
    const replaced = await replace(Buffer.from('text'));
    expect(replaced).toMatchObject({ fileVersion: 1, fileSize: 4, totalSize: PNG.length + 4, mimeType: 'text/plain', type: 'Unknown', fileName: 'a.png' });
    expect(await files()).toEqual([asset.objectKey, replaced.objectKey].sort());
    // The same again changes nothing and leaves no file.
    expect(await replace(Buffer.from('text'))).toEqual(replaced);
    expect(await files()).toHaveLength(2);
  });

  it('bears tags by name, which are counted', async () => {
    const tags = () => queries().tags({ principal: root, app });
    await Promise.all([create({ id: 'a' }), create({ id: 'b' })]);
    const annotate = (id: string, names: string[]) => commands().annotate({ principal: root, app, id, tags: names });
    const { asset, tagNames } = await annotate('a', [' Press ', 'photo']);
    expect(asset.tags.map((id) => tagNames[id])).toEqual(['press', 'photo']);
    await annotate('b', ['press']);
    await annotate('b', ['PRESS']);
    expect(await tags()).toEqual({ tags: { press: 2, photo: 1 } });
    await annotate('a', ['photo']);
    await commands().delete({ principal: root, app, id: 'b' });
    expect(await tags()).toEqual({ tags: { photo: 1 } });
    expect((await installation.get(TagStore).read(app.id)).tags).toMatchObject([
      { name: 'press', count: 0 },
      { name: 'photo', count: 1 },
    ]);
    await expect(annotate('none', ['new'])).rejects.toMatchObject({ code: 'assets.not-found' });
    expect((await installation.get(TagStore).read(app.id)).tags).toHaveLength(2);
  });

  it('that is protected is shown to those with rights alone', async () => {
    await create({ id: 'a' });
    const open = () => queries().find({ app, idOrSlug: 'a' });
    expect((await open()).asset.id).toBe('a');
    await commands().annotate({ principal: root, app, id: 'a', isProtected: true, fileName: 'b.png', slug: 'B', metadata: { alt: 'x' } });
    await expect(open()).rejects.toMatchObject({ kind: 'not-found', code: 'assets.not-found' });
    expect(await find('b')).toMatchObject({ isProtected: true, fileName: 'b.png', slug: 'b', metadata: { alt: 'x' }, version: 1 });
  });

  it('that is deleted is gone from all reads, its file stays, and its id is not used again', async () => {
    const asset = await create({ id: 'a' });
    await commands().delete({ principal: root, app, id: 'a', key: 'k' });
    await commands().delete({ principal: root, app, id: 'a', key: 'k' });
    await expect(find('a')).rejects.toMatchObject({ code: 'assets.not-found' });
    await expect(find('a.png')).rejects.toMatchObject({ code: 'assets.not-found' });
    await expect(commands().delete({ principal: root, app, id: 'a' })).rejects.toMatchObject({ code: 'assets.not-found' });
    await expect(create({ id: 'a' })).rejects.toMatchObject({ code: 'assets.id-taken' });
    expect((await queries().list({ principal: root, app, page: { skip: 0, take: 10 } })).total).toBe(0);
    expect(await files()).toContain(asset.objectKey);
    expect((await events()).map(({ type }) => type)).toEqual(['AssetCreatedEventV2', 'AssetDeletedEvent']);
  });
});

describe('rights', () => {
  it('are those of the role, and none in another app', async () => {
    await create({ id: 'a' });
    const foreign = { kind: 'not-found', code: 'apps.not-found' };
    const page = { skip: 0, take: 10 };
    for (const role of ['Owner', 'Developer', 'Editor']) await commands().annotate({ principal: as(role), app, id: 'a', metadata: { role } });
    await expect(commands().delete({ principal: as('Reader'), app, id: 'a' })).rejects.toMatchObject({ kind: 'forbidden', code: 'auth.forbidden' });
    await expect(commands().begin({ principal: as('custom'), app })).rejects.toMatchObject({ code: 'auth.forbidden' });
    expect((await queries().list({ principal: as('Reader'), app, page })).total).toBe(1);
    const stranger = as('Owner', newId());
    await expect(queries().list({ principal: stranger, app, page })).rejects.toMatchObject(foreign);
    await expect(queries().find({ principal: stranger, app, idOrSlug: 'a' })).rejects.toMatchObject(foreign);
    await expect(commands().delete({ principal: stranger, app, id: 'a' })).rejects.toMatchObject(foreign);
  });
});
