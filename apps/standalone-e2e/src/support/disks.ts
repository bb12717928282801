import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, diskFull, failing, type Fault } from '@reprise/fault-injection';

/** A disk that can be filled to the last byte at any moment, within a call. */
export interface Disk {
  /** Where the data go, if the disk is a real one. */
  folder?: string;
  fill(): void;
  makeRoom(): void;
  /** What the disk does to a call. */
  faultOf(call: Call): Fault | undefined;
  remove(): void;
}

/** Methods of ports that need room. Files can be removed from a full disk; rows of a database can't. */
const WRITES: Record<string, RegExp> = {
  ArchiveObjects: /^(put|compose)$/,
  AssetObjects: /^(put|compose)$/,
  JobStore:
    /^(createBackup|createRestore|save|delete|claim|finish|fail|renew|requeueSilent|takeOver|lease|renewLease|release|beginUpload|giveUpUploads|forgetUpload)$/,
  EventLog: /^(append|beginImport|importEvents|endImport|redact|purge)$/,
  ReadModelStore: /^(apply|discard)$/,
  RegistryStore: /^discard$/,
  'RegistryStore.names': /^(reserve|take|release|markDeleted)$/,
  'RegistryStore.users': /^(create|resolve)$/,
  'RegistryStore.profiles': /^put$/,
  TagStore: /^(ensure|adjust|replace|discard)$/,
  PendingUploads: /^(begin|claim|settle|expire|discard)$/,
  DiscardedApps: /^add$/,
};

/** The disks that a standalone can have. */
export const ALL_DATA = Object.keys(WRITES);
export const ARCHIVES = ['ArchiveObjects'];

/** One that only says that it is full; the data of `ports` lie on it. */
export function pretendedDisk(ports: readonly string[]): Disk {
  let full = false;
  return {
    fill: () => void (full = true),
    makeRoom: () => void (full = false),
    faultOf: ({ port, method }) => (full && ports.includes(port) && WRITES[port]!.test(method) ? failing('before', diskFull) : undefined),
    remove: () => {},
  };
}

const SIZE = '48m';
const PIECE = Buffer.alloc(64 * 1024);

/** A file system in memory of a few megabytes; undefined where this process may not mount one (root may, on Linux). */
export function realDisk(): (Disk & { folder: string }) | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]).status !== 0) {
    rmdirSync(folder);
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, PIECE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    faultOf: () => undefined,
    remove() {
      spawnSync('umount', [folder]);
      rmdirSync(folder);
    },
  };
}
