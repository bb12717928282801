import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from './file-errors.js';

const WRITE_AT_ONCE = 1024 * 1024;
const RENAME_ATTEMPTS = 5;

/** A file that appears under its name whole and durable, or not at all. */
export class NewFile {
  size = 0;
  /** One for all that is gathered: thousands of new ones would be garbage of hundreds of megabytes. */
  private buffer: Buffer | undefined;
  private gathered = 0;

  private constructor(
    private readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  /** In `temporaryFolder`, which must exist and be on the target's file system. */
  static async begin(temporaryFolder: string): Promise<NewFile> {
    const temporary = join(temporaryFolder, randomUUID());
    return new NewFile(temporary, await open(temporary, 'wx'));
  }

  /**
   * Small chunks are gathered: a fragment is made of thousands, and a system call for each would be most of the work. Nothing refers to `bytes`
   * when this resolves.
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    if (this.gathered + bytes.length > WRITE_AT_ONCE) await this.flush();
    if (bytes.length >= WRITE_AT_ONCE) {
      // On a handle this goes on from where it is, and loops until all is written.
      await this.handle.writeFile(bytes);
      return;
    }
    this.buffer ??= Buffer.allocUnsafeSlow(WRITE_AT_ONCE);
    this.buffer.set(bytes, this.gathered);
    this.gathered += bytes.length;
  }

  async finish(target: string): Promise<void> {
    await this.flush();
    await this.handle.sync();
    await this.handle.close();
    const folder = dirname(target);
    for (let attempt = 1; ; attempt++) {
      const firstMade = await mkdir(folder, { recursive: true });
      try {
        await rename(this.temporary, target);
        await syncFolders(folder, firstMade);
        return;
      } catch (error) {
        // A delete that tidied up took the folder, empty for a moment.
        if (errorCode(error) !== 'ENOENT' || attempt === RENAME_ATTEMPTS) throw error;
      }
    }
  }

  /** Leaves nothing behind; also after a {@link finish} that failed. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }

  private async flush(): Promise<void> {
    if (this.gathered > 0) await this.handle.writeFile(this.buffer!.subarray(0, this.gathered));
    this.gathered = 0;
  }
}

/** A name is durable once its folder is, and so on up to the one that was there before. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const top = firstMade === undefined ? folder : dirname(firstMade);
  for (let at = folder; ; at = dirname(at)) {
    const handle = await open(at, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (at === top || at === dirname(at)) return;
  }
}
