import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bufferAccess, openFile, openObject, type RandomAccess } from './random-access.js';

const bytes = Buffer.from('0123456789');
const store = (objects: Record<string, Buffer>) => ({
  stat: async (key: string) => (objects[key] ? { size: bytes.length } : undefined),
  read: async (key: string, range = { start: 0, end: Infinity }) => objects[key]!.subarray(range.start, range.end + 1),
});
const cutOff = expect.objectContaining({ kind: 'corrupt', code: 'archive.cut-off' }) as Error;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'reprise-access-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(): Promise<string> {
  const path = join(folder, 'archive.zip');
  await writeFile(path, bytes);
  return path;
}

describe('bytes at any place', () => {
  it.each<[string, () => Promise<RandomAccess & { close?: () => Promise<void> }>]>([
    ['an object of a store', () => openObject(store({ a: bytes }), 'a')],
    ['a file', async () => openFile(await file())],
    ['a buffer', async () => bufferAccess(bytes)],
  ])('are those of %s, which have to be there', async (_, open) => {
    const access = await open();
    expect(access.size).toBe(10);
    const texts = [await access.read(0, 10), await access.read(3, 4), await access.read(9, 1), await access.read(5, 0)].map(String);
    expect(texts).toEqual(['0123456789', '3456', '9', '']);
    await expect((async () => access.read(8, 3))()).rejects.toThrow(cutOff);
    await access.close?.();
  });

  it('of an object that is gone, or became shorter, are refused', async () => {
    await expect(openObject(store({}), 'a')).rejects.toMatchObject({ kind: 'not-found', code: 'archive.not-found' });
    const shorter = await openObject(store({ a: bytes.subarray(0, 5) }), 'a');
    await expect(shorter.read(0, 10)).rejects.toThrow(cutOff);
  });

  it('of a file that became shorter are refused; others are the reader’s to give away', async () => {
    const path = await file();
    const access = await openFile(path);
    const { buffer, byteLength } = await access.read(2, 3);
    expect(buffer.byteLength).toBe(byteLength);
    await truncate(path, 5);
    await expect(access.read(0, 10)).rejects.toThrow(cutOff);
    await access.close();
    await expect(openFile(join(folder, 'none.zip'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
