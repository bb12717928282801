import type { ArchiveEntry, ArchiveReader, AssetFile } from '@reprise/backup-archive';
import { describe, expect, it } from 'vitest';
import { AppFacts } from './app-facts.js';
import { AssetMatcher } from './asset-matcher.js';
import { readAttachments } from './attachments.js';
import { StreamVersions } from './stream-versions.js';
import { TypeCounts } from './type-counts.js';

const entry = (offset: number, size: number): ArchiveEntry => ({ name: 'x', method: 0, crc: 0, compressedSize: size, size, offset, end: offset + size });
const file = (position: number, assetId: string, fileSize: number): AssetFile => ({
  position,
  assetId,
  fileSize,
  type: 'AssetCreatedEventV2',
  name: `${assetId}_0.asset`,
  fileHash: '',
});
const withFiles = (entries: Record<string, ArchiveEntry[]>) => ({
  entryList(name: string) {
    const list = entries[name.toLowerCase()] ?? [];
    return { length: list.length, size: (index: number) => list[index]!.size, entry: (index: number) => list[index]! };
  },
});

describe('which file belongs to which event', () => {
  it('is told by the name', () => {
    const matcher = new AssetMatcher(withFiles({ 'a_0.asset': [entry(10, 5)] }), new Map([[3, { sha256: 'digest' }]]));
    expect(matcher.match(file(3, 'a', 5))).toMatchObject({ position: 3, entry: { offset: 10 }, sha256: 'digest' });
    expect(matcher.missing).toBe(0);
  });

  it('is told by the order where a name stands twice, and by the size where one is missing', () => {
    const twice = { 'abc_0.asset': [entry(10, 5), entry(20, 5)] };
    const inOrder = new AssetMatcher(withFiles(twice), new Map());
    expect([inOrder.match(file(1, 'ABC', 5)), inOrder.match(file(2, 'abc', 5))].map((item) => item.entry?.offset)).toEqual([10, 20]);
    const bySize = new AssetMatcher(withFiles({ 'abc_0.asset': [entry(10, 7)] }), new Map());
    expect(bySize.match(file(1, 'ABC', 7)).entry?.offset).toBe(10);
    expect(bySize.match(file(2, 'abc', 7)).entry).toBeNull();
    expect(bySize.missing).toBe(1);
  });

  it('must be there where the manifest says so', () => {
    const none = withFiles({ 'b_0.asset': [entry(20, 0)] });
    const manifest = new Map([
      [1, { sha256: 'digest' }],
      [2, { sha256: 'digest' }],
      [3, { sha256: '', missing: true }],
    ]);
    const matcher = new AssetMatcher(none, manifest);
    expect(() => matcher.match(file(1, 'a', 5))).toThrow('a_0.asset is in the manifest, but not in the archive');
    expect(() => matcher.match(file(2, 'b', 5))).toThrow('b_0.asset is in the manifest');
    expect(matcher.match(file(3, 'c', 5))).toMatchObject({ entry: null, lostBefore: true });
    expect(matcher.match(file(4, 'd', 5))).not.toHaveProperty('lostBefore');
  });

  it('is found in an archive that repeats one name endlessly, in time', () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => entry(i * 10, 1));
    const matcher = new AssetMatcher(withFiles({ 'a_0.asset': entries }), new Map());
    const started = performance.now();
    expect(entries.every(({ offset }, i) => matcher.match(file(i + 1, 'a', 2)).entry?.offset === offset)).toBe(true);
    expect(matcher.match(file(1, 'a', 2)).entry).toBeNull();
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is none for an empty entry, unless the file is empty', () => {
    const matcher = new AssetMatcher(withFiles({ 'a_0.asset': [entry(10, 0)], 'b_0.asset': [entry(20, 0)] }), new Map());
    expect(matcher.match(file(1, 'a', 9)).entry).toBeNull();
    expect(matcher.match(file(2, 'b', 0)).entry?.offset).toBe(20);
    expect(matcher.missing).toBe(1);
  });
});

describe('stream versions', () => {
  it('count from 0 in file order, across runs', () => {
    const versions = new StreamVersions();
    expect(versions.next(['a', 'b', 'a'])).toEqual([0, 0, 1]);
    expect(versions.next(['b', 'a', 'c'])).toEqual([1, 2, 0]);
    versions.close();
  });

  it('go on for streams that were put away', () => {
    const versions = new StreamVersions(2);
    expect(versions.next(['a', 'b', 'c', 'c'])).toEqual([0, 0, 0, 1]);
    expect(versions.next(['c', 'd', 'a', 'a'])).toEqual([2, 0, 1, 2]);
    expect(versions.next(['a', 'b', 'c', 'd', 'e'])).toEqual([3, 1, 3, 1, 0]);
    versions.close();
  });
});

describe('what an archive says of its app', () => {
  it('is folded from its events, of old names too', () => {
    const facts = new AppFacts();
    const apply = (type: string, payload: Record<string, unknown>) => facts.apply(type, payload);
    apply('AppClientAttachedEvent', { id: 'default', secret: 'secret' });
    apply('AppClientAttachedEvent', { id: 'old', secret: 'secret' });
    apply('AppClientRevokedEvent', { id: 'old' });
    apply('AppRoleAddedEvent', { name: 'Writers' });
    apply('AppContributorAssignedEvent', { contributorId: 'u1', permission: 'Owner' });
    apply('AppContributorAssignedEventV2', { contributorId: 'u2', role: 'Editor' });
    expect(facts.report({ u1: 'owner@example.com' })).toEqual({
      clients: ['default'],
      roles: ['Writers'],
      contributors: [
        { user: 'owner@example.com', role: 'Owner' },
        { user: 'u2', role: 'Editor' },
      ],
    });
    expect(AppFacts.concerns('ContentCreatedEventV2')).toBe(false);
    expect(AppFacts.concerns('constructor')).toBe(false);
  });

  it('takes ids and types of any name for what they are', () => {
    const facts = new AppFacts();
    facts.apply('AppContributorAssignedEventV2', { ContributorId: 'constructor', Role: 'Owner' });
    expect(facts.report({}).contributors).toEqual([{ user: 'constructor', role: 'Owner' }]);
    const counts = new TypeCounts();
    for (const type of ['constructor', '__proto__', 'constructor', 'AppCreatedEvent']) counts.add(type);
    expect([Object.entries(counts.all), Object.entries(counts.unknown)]).toEqual([
      [
        ['constructor', 2],
        ['__proto__', 1],
        ['AppCreatedEvent', 1],
      ],
      [
        ['constructor', 2],
        ['__proto__', 1],
      ],
    ]);
  });

  it('is bounded, whatever a hostile archive names', () => {
    const facts = new AppFacts();
    const counts = new TypeCounts();
    for (let i = 0; i < 2_000; i++) {
      facts.apply('AppClientAttachedEvent', { id: `${i}`.repeat(10_000) });
      facts.apply('AppContributorAssignedEventV2', { contributorId: `u${i}`, role: 'x'.repeat(100_000) });
      counts.add(`${i}`.repeat(10_000));
    }
    const report = facts.report({});
    expect([report.clients.length, report.contributors.length]).toEqual([1_000, 1_000]);
    expect(JSON.stringify([report, counts.all, counts.unknown]).length).toBeLessThan(500_000);
    expect(counts.all).toEqual({ '(others)': 2_000 });
  });

  it.each([
    ['clients', 'AppClientAttachedEvent', 'id'],
    ['roles', 'AppRoleAddedEvent', 'name'],
    ['languages', 'AppLanguageAddedEvent', 'language'],
    ['workflows', 'AppWorkflowAddedEvent', 'workflowId'],
    ['contributors', 'AppContributorAssignedEvent', 'contributorId'],
  ])('refuses an app with more %s at once than an app may have', (what, type, name) => {
    const facts = new AppFacts();
    for (let n = 0; n < 5_000; n++) facts.apply(type, { [name]: `n${n}` });
    expect(() => facts.apply(type, { [name]: 'one more' })).toThrow(expect.objectContaining({ kind: 'limit', code: 'archive.app-too-complex' }));
    expect(() => facts.apply(type, { [name]: 'another' })).toThrow(what);
  });

  it('counts types, known and unknown', () => {
    const counts = new TypeCounts();
    for (const type of ['AppCreatedEvent', 'StrangeEvent', 'StrangeEvent', '__proto__']) counts.add(type);
    expect(counts.all).toMatchObject({ AppCreatedEvent: 1, StrangeEvent: 2 });
    expect(counts.unknown['StrangeEvent']).toBe(2);
    for (let index = 0; index < 2_000; index++) counts.add(`Type${index}`);
    expect(Object.keys(counts.all).length).toBeLessThanOrEqual(501);
  });
});

describe('what stands beside the events', () => {
  const reader = (texts: Record<string, string>) =>
    ({ readText: async (name: string) => texts[name], entryList: (name: string) => ({ length: name in texts ? 1 : 0 }) }) as unknown as ArchiveReader;
  const least = { 'users.json': '{"u1":"owner@example.com"}', 'settings.json': '{}' };

  it('is kept as text, and counted but for the settings', async () => {
    const all = {
      ...least,
      'version.json': '\ufeff{"Major":5}',
      'urls.json': '{"assets":"https://a/","assetsApp":"https://a/b/"}',
      'assettags.json': '{ "t": {"name":"x","count":1.0} }',
      'avatar.image': 'x',
    };
    expect(await readAttachments(reader(all))).toEqual({
      users: { u1: 'owner@example.com' },
      settings: '{}',
      tags: '{ "t": {"name":"x","count":1.0} }',
      urls: { assets: 'https://a/', assetsApp: 'https://a/b/' },
      count: 5,
      warnings: [],
    });
    expect(await readAttachments(reader({ ...least, 'version.json': 'no json' }))).toMatchObject({ count: 2, tags: '{}' });
    expect((await readAttachments(reader({ ...least, 'urls.json': '{"assets":""}' }))).warnings).toHaveLength(1);
  });

  it('is refused by name', async () => {
    const refused: [Record<string, string>, string][] = [
      [{ 'users.json': '{}' }, 'no settings.json'],
      [{ 'settings.json': '{}' }, 'no users.json'],
      [{ ...least, 'version.json': '{"major":6}' }, 'has format version 6, and 5 is supported'],
      [{ ...least, 'version.json': '{"major":4}' }, 'has format version 4'],
      [{ ...least, 'users.json': '{"u1":null}' }, 'users.json is damaged: the user u1 has no e-mail'],
      [{ ...least, 'assettags.json': '{' }, 'assettags.json is damaged'],
      [{ ...least, 'assettagsalias.json': '[]' }, 'assettagsalias.json is damaged'],
    ];
    const many = (count: number, value: string) => `{${Array.from({ length: count }, (_, i) => `"${i}":${value}`).join()}}`;
    refused.push(
      [{ ...least, 'users.json': many(100_001, '"a@b.c"') }, 'users.json holds more than 100000 values'],
      [{ ...least, 'assettags.json': many(100_000, '{"name":"n","count":1}') }, 'assettags.json holds more than 200000 values'],
    );
    for (const [texts, message] of refused) await expect(readAttachments(reader(texts)), message).rejects.toThrow(message);
  });
});
