import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchivePool, type ArchiveManifest, ATTACHMENTS, attachmentPath, checkManifest, inspectEvents, readManifest } from './index.js';
import { checkFolders } from './manifest.js';
import { backedUpAgain } from './spec-archives.js';
import { collect, readerOf } from './spec-fixtures.js';
import { pack } from './spec-zip.js';

type Entry = [name: string, content: Buffer];

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

const zip = (entries: readonly Entry[]) => pack(entries.map(([name, content]) => ({ name, content })));

async function entriesOf(bytes: Buffer): Promise<Entry[]> {
  const reader = await readerOf(bytes);
  const attachments = [...reader.attachmentPaths()].flatMap((path) => reader.attachments(path.split('/').slice(2).join('/')));
  const entries = [...Array.from({ length: reader.events }, (_, number) => reader.event(number)), ...attachments];
  return Promise.all(entries.map(async (entry): Promise<Entry> => [entry.name, await reader.readEntry(entry)]));
}

describe('the manifest of an archive', () => {
  let entries: Entry[];
  let archive: ArchiveManifest;
  beforeAll(async () => {
    const { bytes } = await backedUpAgain('small.zip', pool);
    entries = await entriesOf(bytes);
    archive = (await readManifest(await readerOf(zip(entries))))!;
  });

  const [head, folders, assets] = [ATTACHMENTS.manifest, ATTACHMENTS.eventManifest, ATTACHMENTS.assetManifest].map(attachmentPath) as [string, string, string];
  const asset = () => entries.find(([name]) => name.endsWith('.asset'))!;
  const changed = (path: string, change: (text: string) => string) =>
    entries.map(([name, content]): Entry => [name, name === path ? Buffer.from(change(content.toString())) : content]);
  const without = (path: string) => entries.filter(([name]) => name !== path);

  it('may be absent as a whole, as it is from Squidex’s archives', async () => {
    const parts = [head, folders, assets];
    expect(await readManifest(await readerOf(zip(entries.filter(([name]) => !parts.includes(name)))))).toBeUndefined();
  });

  it.each<[string, () => Entry[], string, string | RegExp]>([
    ['a part of it is missing', () => without(folders), 'manifest-invalid', folders],
    ['a part of it is there twice', () => [...entries, entries.find(([name]) => name === assets)!], 'manifest-invalid', `${assets} is there twice`],
    ['it is no JSON', () => changed(head, () => '{'), 'manifest-invalid', `${head} is not valid JSON`],
    ['it is something else', () => changed(head, () => '{"formatVersion":"1"}'), 'manifest-invalid', `${head} is not a manifest`],
    ['it has no root', () => changed(head, () => '{"formatVersion":1}'), 'manifest-invalid', `${head} is not a manifest`],
    ['it is null', () => changed(head, () => 'null'), 'manifest-invalid', `${head} is not a manifest`],
    ['it is of a later version', () => changed(head, (text) => text.replace('"formatVersion": 1', '"formatVersion": 2')), 'manifest-invalid', 'has version 2'],
    ['a line is no JSON', () => changed(folders, (text) => `x${text}`), 'manifest-invalid', `${folders} is not valid JSON`],
    ['a line has no name', () => changed(folders, (text) => text.replace('"name"', '"nam"')), 'manifest-invalid', `${folders} has a line that is no digest`],
    ['a line has no digest', () => changed(assets, (text) => text.replace('"sha256"', '"sha"')), 'manifest-invalid', `${assets} has a line that is no digest`],
    ['a line has no size', () => changed(assets, (text) => text.replace('"size"', '"siz"')), 'manifest-invalid', `${assets} has a line that is no digest`],
    [
      'it counts other events',
      () => changed(head, (text) => text.replace('"events": 73', '"events": 74')),
      'manifest-mismatch',
      'events/0/73.json is missing: the manifest tells of 74 events',
    ],
    [
      'its folders count other events',
      () => changed(folders, (text) => text.replace('"count":73', '"count":72')),
      'manifest-mismatch',
      'its list of 72, and the archive has 73',
    ],
    ['the last event is gone', () => without('events/0/72.json'), 'manifest-mismatch', 'events/0/72.json is missing: the manifest tells of 73 events'],
    [
      'it counts other files',
      () => changed(head, (text) => text.replace(/"assets": (\d+)/, '"assets": 1$1')),
      'manifest-mismatch',
      /tells of 1\d+ asset files/,
    ],
    ['a file is gone', () => without(asset()[0]), 'manifest-mismatch', /\.asset is (in the manifest, but not in the archive|not in the manifest as often)/],
    ['a file is there twice', () => [...entries, asset()], 'manifest-mismatch', 'is not in the manifest as often as in the archive'],
    ['a file came to it', () => [...entries, [attachmentPath('x_0.asset'), Buffer.from('x')]], 'manifest-mismatch', 'x_0.asset is not in the manifest'],
    ['its root is another', () => changed(head, (text) => text.replace(/("root": ")./, '$1x')), 'manifest-mismatch', `The root in ${head} does not fit`],
    [
      'an attachment was changed',
      () => changed(attachmentPath(ATTACHMENTS.users), (text) => text.replace('owner@', 'other@')),
      'manifest-mismatch',
      'users.json',
    ],
    ['an attachment came to it', () => [...entries, [attachmentPath(ATTACHMENTS.tagAliases), Buffer.from('{}')]], 'manifest-mismatch', 'does not fit'],
    ['an attachment is gone', () => without(attachmentPath(ATTACHMENTS.tags)), 'manifest-mismatch', 'does not fit'],
  ])('refuses the archive when %s', async (_, make, code, message) => {
    const reader = await readerOf(zip(make()));
    await expect(readManifest(reader)).rejects.toMatchObject({ kind: 'corrupt', code: `archive.${code}`, message: expect.stringMatching(message) as string });
  });

  it('knows an event by another, and two that were swapped, by the digest of their folder', async () => {
    const [first, second] = [entries.find(([name]) => name === 'events/0/45.json')!, entries.find(([name]) => name === 'events/0/46.json')!];
    const swapped = entries.map(([name, content]): Entry => [name, name === first[0] ? second[1] : name === second[0] ? first[1] : content]);
    for (const others of [swapped, changed(first[0], (text) => text.replace('Author 0', 'Author 9'))]) {
      const reader = await readerOf(zip(others));
      const manifest = (await readManifest(reader))!;
      const runs = await collect(inspectEvents(reader, pool));
      const found = { folders: runs.flatMap(({ folder }) => (folder ? [folder] : [])) };
      expect(() => checkManifest(manifest, found)).toThrow(
        expect.objectContaining({ code: 'archive.manifest-mismatch', message: expect.stringContaining('events/0') }),
      );
    }
  });

  const mismatch = (text: string) => expect.objectContaining({ code: 'archive.manifest-mismatch', message: expect.stringContaining(text) }) as Error;

  it.each([{ sha256: 'other' }, { size: 1 }, { count: 1 }])('refuses a folder with other events: %o', (other) => {
    const [folder] = archive.folders;
    expect(() => checkFolders(archive.folders, [{ ...folder!, ...other }])).toThrow(mismatch(folder!.name));
    expect(() => checkFolders(archive.folders, [folder!])).not.toThrow();
  });

  it('refuses folders that it does not know, or that are not there', () => {
    const [folder] = archive.folders;
    expect(() => checkManifest(archive, { folders: [folder!, { ...folder!, name: 'events/1' }] })).toThrow(mismatch('events/1'));
    expect(() => checkManifest(archive, { folders: [] })).toThrow(mismatch(folder!.name));
  });

  it.each([{ sha256: 'other' }, { size: 1 }, { name: 'other_0.asset' }, { position: 0 }])('refuses a file that is another: %o', (other) => {
    const [first, ...rest] = archive.assets;
    expect(() => checkManifest(archive, { folders: archive.folders, assets: [first!, ...rest] })).not.toThrow();
    const found = { ...first!, ...other };
    expect(() => checkManifest(archive, { folders: archive.folders, assets: [...rest, found] })).toThrow(mismatch(found.name));
  });
});
