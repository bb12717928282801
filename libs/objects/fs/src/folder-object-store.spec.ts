import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectStoreContract } from '@reprise/objects-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderObjectStore } from './folder-object-store.js';

objectStoreContract('a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'reprise-objects-'));
  return { store: new FolderObjectStore(join(root, 'a')), other: new FolderObjectStore(join(root, 'b')), close: () => rm(root, { recursive: true }) };
});

describe('a folder of objects', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'reprise-folder-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('removes what a killed process had half written', async () => {
    const folder = join(root, 'swept');
    await mkdir(join(folder, '.temporary'), { recursive: true });
    await writeFile(join(folder, '.temporary', 'half'), 'half');
    await new FolderObjectStore(folder).prepare();
    expect(await readdir(join(folder, '.temporary'))).toEqual([]);
  });

  it('leaves no empty folder and no temporary file behind', async () => {
    const folder = join(root, 'tidy');
    const store = new FolderObjectStore(folder);
    await store.put('app/deep/one', Buffer.from('1'));
    await store.put('app/deep/two', Buffer.from('2'));
    await store.delete('app/deep/one');
    await store.deleteAll('app/');
    expect(await readdir(folder)).toEqual(['.temporary']);
    expect(await readdir(join(folder, '.temporary'))).toEqual([]);
  });

  it('survives deletes that tidy up a folder while others write to it', async () => {
    const store = new FolderObjectStore(join(root, 'busy'));
    const rounds = Array.from({ length: 40 }, (_, round) => round);
    await Promise.all(
      rounds.map(async (round) => {
        await store.put(`app/sub/${round}`, Buffer.from(String(round)));
        await store.delete(`app/sub/${round}`);
      }),
    );
    expect(await readdir(join(root, 'busy'))).toEqual(['.temporary']);
  });

  it('says at its start that the folder cannot be used', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(new FolderObjectStore(join(root, 'file', 'objects')).prepare()).rejects.toThrow('ENOTDIR');
  });
});
