/** For the specs of this library only: genuine archives of the repository, and archives made of them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packEvents, type PackedEvents } from '@reprise/event-store-core';
import type { ArchivePiece, ArchivePlan } from './assemble.js';
import { ArchiveReader } from './archive-reader.js';
import type { ArchivedEvent } from './event-types.js';
import type { FragmentIndex } from './fragment-index.js';
import { EVENTS_PER_FOLDER } from './layout.js';
import { bufferAccess } from './random-access.js';
import type { ReadLimits } from './read-limits.js';

export const MODIFIED = new Date('2026-11-24T10:20:30Z');

export function fixturesDir(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'nx.json'))) at = dirname(at);
  return join(at, 'fixtures');
}

export function fixture(name: string): Buffer {
  return readFileSync(join(fixturesDir(), 'archives', name));
}

export function readerOf(bytes: Buffer, limits?: Partial<ReadLimits>): Promise<ArchiveReader> {
  return ArchiveReader.open(bufferAccess(bytes), limits);
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** All event files of an archive, by number. */
export async function eventFiles(reader: ArchiveReader): Promise<string[]> {
  const files: string[] = [];
  for (let number = 0; number < reader.events; number++) files.push((await reader.readEntry(reader.event(number))).toString());
  return files;
}

/** Fragments and asset files in memory. */
export class MemoryObjects {
  readonly objects = new Map<string, Buffer>();
  readonly indexes = new Map<string, FragmentIndex>();

  readonly loadIndex = (key: string): Promise<FragmentIndex> => Promise.resolve(this.indexes.get(key)!);

  async archive(plan: ArchivePlan): Promise<Buffer> {
    return Buffer.concat([...plan.pieces.map((piece) => this.bytesOf(piece)), ...(await collect(plan.directory()))]);
  }

  bytesOf(piece: ArchivePiece): Buffer {
    return 'bytes' in piece ? Buffer.from(piece.bytes) : this.objects.get(piece.key)!.subarray(piece.start, piece.start + piece.length);
  }
}

/** The events of a segment as `eventFragment` takes them: each page is of one folder, and has `size` events at most. */
export async function* inPages(events: readonly ArchivedEvent[], size = EVENTS_PER_FOLDER): AsyncGenerator<PackedEvents> {
  for (let at = 0; at < events.length;) {
    const end = Math.min(at + size, (Math.floor(at / EVENTS_PER_FOLDER) + 1) * EVENTS_PER_FOLDER);
    yield packEvents(events.slice(at, end));
    at = end;
  }
}

/** An app's log of `count` events, the first of which creates it. */
export function sampleLog(count: number, payload = (i: number) => `{"name":"field ${i}","text":"${'lorem ipsum '.repeat(i % 40)}"}`): ArchivedEvent[] {
  const id = '420371f9-ea23-46de-9ce3-00aeeec060a2';
  return Array.from({ length: count }, (_, i) => ({
    position: i + 1,
    version: i,
    stream: `app-${id}`,
    type: i === 0 ? 'AppCreatedEvent' : 'AppUpdatedEvent',
    payload: i === 0 ? `{"name":"sample","appId":"${id},sample","actor":"subject:u1","fromRule":false}` : payload(i),
    headers: `{"EventId":"e${i}","Timestamp":"2025-03-01T08:00:02Z","AggregateId":"${id}","CommitId":"c${i}"}`,
  }));
}
