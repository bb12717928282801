import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface StoredFile {
  /** Path below the folder, with slashes. */
  key: string;
  /** Bytes. */
  size: number;
}

/** All files but the lock; temporary ones too. */
export async function filesBelow(folder: string): Promise<StoredFile[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.lock'));
    return await Promise.all(files.map((entry) => storedFile(folder, join(entry.parentPath, entry.name))));
  } catch (error) {
    // Something was removed while we looked.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(folder)) return filesBelow(folder);
    throw error;
  }
}

async function storedFile(folder: string, path: string): Promise<StoredFile> {
  return { key: relative(folder, path).split(sep).join('/'), size: (await stat(path)).size };
}
