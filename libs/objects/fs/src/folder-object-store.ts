import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ObjectStore, objectNotFound, objectTruncated, partOfObject, splitDeletedPrefix, splitPrefix } from '@reprise/objects-core';
import type { ByteRange, ComposePart, ObjectInfo } from '@reprise/objects-core';
import { RepriseError } from '@reprise/kernel';
import { isMissing, readError, writeError } from './file-errors.js';
import { listFolder } from './list-folder.js';
import { NewFile } from './new-file.js';
import { pathOfKey } from './path-of-key.js';

const TEMPORARY = '.temporary';
const COPY_AT_ONCE = 4 * 1024 * 1024;
const READ_AT_ONCE = 256 * 1024;

/**
 * Objects as files of one folder, for one process: key and path are the same. A file is written beside the others, synced, and then
 * renamed, so that it is there whole or not at all. What a killed process left half done is removed before the first use.
 */
export class FolderObjectStore extends ObjectStore {
  private preparation: Promise<void> | undefined;

  constructor(private readonly root: string) {
    super();
  }

  /** Makes the folder and sweeps it. Called by itself; an app calls it at its start, to hear of an unusable folder then. */
  prepare(): Promise<void> {
    return (this.preparation ??= this.sweep());
  }

  async put(key: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ size: number }> {
    return this.write(key, async (file) => {
      if (source instanceof Uint8Array) await file.append(source);
      else for await (const chunk of source) await file.append(chunk);
    });
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    const { handle, size } = await this.open(key);
    try {
      const { offset, length } = partOfObject(key, size, range);
      // A stream can't name an empty range, and a file of no bytes has no first one.
      return handle.createReadStream({ start: offset, highWaterMark: READ_AT_ONCE, ...(length === 0 ? {} : { end: offset + length - 1 }) });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Buffer> {
    const { handle, size } = await this.open(key);
    try {
      const { offset, length } = partOfObject(key, size, range);
      const bytes = Buffer.allocUnsafe(length);
      await readFully(key, handle, bytes, offset);
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    try {
      const info = await stat(pathOfKey(this.root, key));
      return info.isFile() ? { key, size: info.size, modified: info.mtime } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error instanceof RepriseError ? error : readError(key, error);
    }
  }

  async compose(key: string, parts: ComposePart[]): Promise<{ size: number }> {
    return this.write(key, async (file) => {
      let buffer: Buffer | undefined;
      for (const part of parts) {
        if ('bytes' in part) await file.append(part.bytes);
        else if (part.from instanceof FolderObjectStore) await part.from.copyTo(file, part.key, part.range, (buffer ??= Buffer.allocUnsafe(COPY_AT_ONCE)));
        else for await (const chunk of await part.from.get(part.key, part.range)) await file.append(chunk as Uint8Array);
      }
    });
  }

  async delete(key: string): Promise<void> {
    const path = pathOfKey(this.root, key);
    try {
      await rm(path);
    } catch (error) {
      if (isMissing(error) || (await this.isFolder(path))) return;
      throw readError(key, error);
    }
    await this.removeEmptyFolders(dirname(path));
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    const { folder, nameStart } = splitPrefix(prefix);
    yield* listFolder(this.root, folder, nameStart);
  }

  async deleteAll(prefix: string): Promise<void> {
    const { folder, nameStart } = splitDeletedPrefix(prefix);
    if (nameStart === '') {
      const path = join(this.root, folder);
      if (await this.isFolder(path)) await rm(path, { recursive: true, force: true, maxRetries: 3 });
      await this.removeEmptyFolders(dirname(path));
      return;
    }
    for await (const { key } of listFolder(this.root, folder, nameStart)) await this.delete(key);
  }

  private async write(key: string, fill: (file: NewFile) => Promise<void>): Promise<{ size: number }> {
    const target = pathOfKey(this.root, key);
    await this.prepare();
    const file = await NewFile.begin(join(this.root, TEMPORARY)).catch((error: unknown) => {
      throw writeError(key, error);
    });
    try {
      // What the source throws is the source's: it stays as it is, but for a full disk.
      await fill(file);
      await file.finish(target);
      return { size: file.size };
    } catch (error) {
      await file.abandon();
      throw isFileError(error) ? writeError(key, error) : error;
    }
  }

  private async open(key: string): Promise<{ handle: FileHandle; size: number }> {
    const handle = await open(pathOfKey(this.root, key), 'r').catch((error: unknown) => {
      throw error instanceof RepriseError ? error : readError(key, error);
    });
    const info = await handle.stat();
    if (info.isFile()) return { handle, size: info.size };
    await handle.close();
    throw objectNotFound(key);
  }

  private async copyTo(file: NewFile, key: string, range: ByteRange | undefined, buffer: Buffer): Promise<void> {
    const { handle, size } = await this.open(key);
    try {
      const { offset, length } = partOfObject(key, size, range);
      for (let done = 0; done < length;) {
        const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
        await readFully(key, handle, piece, offset + done);
        await file.append(piece);
        done += piece.length;
      }
    } finally {
      await handle.close();
    }
  }

  private async sweep(): Promise<void> {
    const folder = join(this.root, TEMPORARY);
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  }

  private async isFolder(path: string): Promise<boolean> {
    return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  }

  private async removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at.length > this.root.length && at.startsWith(this.root); at = dirname(at)) {
      try {
        await rmdir(at);
      } catch (error) {
        // Gone already: those above it may still be empty. In use: it stays, and so do those above.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return;
      }
    }
  }
}

async function readFully(key: string, handle: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw objectTruncated(key);
    done += bytesRead;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof RepriseError) && 'syscall' in error;
}
