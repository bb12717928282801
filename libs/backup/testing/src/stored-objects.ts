import { assetObjectKeyOf } from '@reprise/assets-core';
import { assetFileOf } from '@reprise/backup-archive';
import type { StoredEvent } from '@reprise/event-store-core';

export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
}

/** For whom there may be objects in the store of archives. */
export interface ArchiveOwners {
  /** Of all completed backups: the archive's key and bytes. */
  archives: ReadonlyMap<string, number>;
  /** Apps. */
  living: ReadonlySet<string>;
  /** Jobs that have not ended. */
  running: ReadonlySet<string>;
  /** Keys of uploads that wait, or that a running job reads. */
  uploads: ReadonlySet<string>;
}

/** Each object in the store of archives is a completed backup's, a running job's, an upload that waits or kept for a living app; no completed backup lacks its own. */
export function archiveObjectViolations(objects: readonly StoredObject[], { archives, living, running, uploads }: ArchiveOwners): string[] {
  const violations = objects.flatMap(({ key, size }) => {
    if (archives.has(key)) return archives.get(key) === size ? [] : [`The archive ${key} has ${size} bytes, its backup says ${archives.get(key)}`];
    const keptFor = /^fragments\/([^/]+)\//.exec(key)?.[1];
    if (keptFor !== undefined) return living.has(keptFor) ? [] : [`The file archives/${key} is kept for an app that doesn't live`];
    const ofJob = /^jobs\/([^/]+)\//.exec(key)?.[1];
    return uploads.has(key) || (ofJob !== undefined && running.has(ofJob)) ? [] : [`The file archives/${key} is nobody's`];
  });
  const there = new Set(objects.map(({ key }) => key));
  return [...violations, ...[...archives.keys()].filter((key) => !there.has(key)).map((key) => `The archive ${key} of a completed backup is not there`)];
}

/** Where the file lies that an event brought to an app; undefined for events that bring none. */
export function assetObjectOf(appId: string, event: Pick<StoredEvent, 'type' | 'stream' | 'payload' | 'headers' | 'position'>): string | undefined {
  return assetFileOf(event, event.position) && assetObjectKeyOf(appId, event);
}
