import { afterAll, describe, expect, it } from 'vitest';
import { sha256, type FolderDigest } from './digests.js';
import { ArchivePool, type ArchiveManifest, eventPath, inspectEvents } from './index.js';
import { proveEvents } from './prove-events.js';
import { collect, readerOf } from './spec-fixtures.js';
import { hostileZip } from './testing/index.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

const file = (number: number, text = '') => {
  const [type, payload] = number === 0 ? ['AppCreatedEvent', '{"name":"a","appId":"1,a"}'] : ['X', `{"text":"${text}"}`];
  return JSON.stringify({ n: { t: type, s: 'app-1', p: payload, h: { EventNumber: `${number + 1}` } } });
};

/** Proves an archive that has these files, by the manifest of one that had those which it should have. */
async function proved(files: string[], should: string[], changes: Partial<FolderDigest> = {}): Promise<void> {
  const reader = await readerOf(hostileZip(files.map((content, i) => ({ name: eventPath(i), content }))));
  const folders = (await collect(inspectEvents(reader, pool))).flatMap(({ folder }) => (folder ? [folder] : []));
  const wanted = { name: 'events/0', sha256: sha256(should.join('')), size: should.join('').length, count: should.length, ...changes };
  await proveEvents(reader, { folders: [wanted], assets: [] } as unknown as ArchiveManifest, folders);
}

const mismatch = (entry: string) =>
  expect.objectContaining({ kind: 'corrupt', code: 'archive.manifest-mismatch', message: expect.stringContaining(entry) as string }) as Error;

describe('events that are proved by the manifest', () => {
  const files = [file(0), file(1), file(2), file(3)] as const;

  it('are those that it knows', async () => {
    await expect(proved([...files], [...files])).resolves.toBeUndefined();
  });

  it('are refused by the name of the first one that stands in the place of another', async () => {
    const [one, two, three, four] = files;
    await expect(proved([one, two, four, three], [...files])).rejects.toThrow(mismatch('events/0/2.json stands in the place of another: it was number "4".'));
  });

  it('are refused by the name of their folder where each stands in its place, but one is another, or tells no place', async () => {
    const [one, two, three, four] = files;
    await expect(proved([one, two, file(2, 'changed'), four], [...files])).rejects.toThrow(mismatch('events/0 does not hold the events'));
    const placeless = three.replace('EventNumber', 'Other');
    await expect(proved([one, two, placeless, four], [...files])).rejects.toThrow(mismatch('events/0 does not hold the events'));
  });

  it('are refused where their digest is right and all else is not', async () => {
    await expect(proved([...files], [...files], { count: 5 })).rejects.toThrow(mismatch('events/0 does not hold the events'));
  });
});
