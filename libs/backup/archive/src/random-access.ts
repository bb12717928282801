import { open } from 'node:fs/promises';
import { RepriseError } from '@reprise/kernel';
import { corrupt } from './errors.js';

/** Bytes that can be read at any place: an object of a store, a file, a buffer. */
export interface RandomAccess {
  readonly size: number;
  /** Exactly `length` bytes from `offset` on, which lie within the size. Where they are alone in their memory they are the caller's to give away. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** As much of an object store as reading needs. */
export interface ReadableStore {
  stat(key: string): Promise<{ size: number } | undefined>;
  read(key: string, range?: { start: number; end: number }): Promise<Buffer>;
}

/** An object of a store for reading. Error `archive.not-found` (not-found). */
export async function openObject(store: ReadableStore, key: string): Promise<RandomAccess> {
  const info = await store.stat(key);
  if (!info) throw new RepriseError('not-found', 'archive.not-found', 'The archive is not there any more.');
  return {
    size: info.size,
    read: async (offset, length) => (length === 0 ? Buffer.alloc(0) : exactly(await store.read(key, { start: offset, end: offset + length - 1 }), length)),
  };
}

/** A file of this machine for reading; errors as those of `node:fs`. */
export async function openFile(path: string): Promise<RandomAccess & { close(): Promise<void> }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return {
      size,
      async read(offset, length) {
        // Memory of its own, never a piece of a shared one: the caller may give it away.
        const bytes = Buffer.from(new ArrayBuffer(length));
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return exactly(bytes.subarray(0, done), length);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export function bufferAccess(buffer: Buffer): RandomAccess {
  return { size: buffer.length, read: (offset, length) => Promise.resolve(exactly(buffer.subarray(offset, offset + length), length)) };
}

function exactly(bytes: Buffer, length: number): Buffer {
  if (bytes.length !== length) throw corrupt('cut-off', 'The archive is shorter than it was before: its file was changed meanwhile.');
  return bytes;
}
