import { createHash } from 'node:crypto';
import { assetFileOf, type AssetFile } from './asset-files.js';
import { decodeEventFile } from './event-file.js';
import type { DecodedEvent } from './event-types.js';
import { countOf, entryOf, plainBytesOfRun, type EventRun } from './event-runs.js';
import { usersOf } from './event-users.js';
import { aboutEvent, beyondLimit, tooManyValues } from './errors.js';
import { oversize } from './event-size.js';
import { hasTooManyValues } from './event-values.js';
import { eventPath } from './layout.js';
import { inflateEntry } from './inflate.js';
import { inflateRun } from './inflate-run.js';
import { EventPacker, type PackedEvents } from '@reprise/event-store-core';
import { ByteBlock } from '@reprise/kernel';
import type { RestoreMapping } from './restore-mapping.js';
import { transformEvent } from './transform.js';

/** What a run's bytes were: the digest if the run is its whole folder, else the plain bytes for whoever goes on with it. */
export interface RunDigest {
  sha256?: string;
  plain?: Uint8Array;
  /** Plain bytes. */
  size: number;
}

export interface InspectedEvents extends RunDigest {
  streams: string[];
  types: string[];
  users: string[];
  assetFiles: AssetFile[];
}

export interface InspectRun extends EventRun {
  /** Bytes that the file of an event may have, also as a backup of ours has it. */
  maxEventBytes: number;
}

/** Reads and checks the events of a run, and answers what inspection needs to know of them. CPU work: runs in the pool. */
export function inspectRun({ maxEventBytes, ...run }: InspectRun): InspectedEvents {
  const result = { streams: [] as string[], types: [] as string[], assetFiles: [] as AssetFile[] };
  const users = new Set<string>();
  const digest = eachEvent(run, false, (event, number) => {
    assertFits(event, number, maxEventBytes);
    result.streams.push(event.stream);
    result.types.push(event.type);
    for (const user of usersOf(event.type, event.payload)) users.add(user);
    const file = assetFileOf(event, number + 1);
    if (file) result.assetFiles.push(file);
  });
  return { ...result, users: [...users], ...digest };
}

export interface DecodeRun extends InspectRun {
  /** Stream version of each event. */
  versions: readonly number[];
  mapping: RestoreMapping;
}

export interface DecodedEvents extends RunDigest, PackedEvents {
  warnings: string[];
}

/** Reads and transforms the events of a run for their new app, which inspection has gone through before. CPU work: runs in the pool. */
export function decodeRun({ versions, mapping, maxEventBytes, ...run }: DecodeRun): DecodedEvents {
  const events = new EventPacker(plainBytesOfRun(run));
  const warnings: string[] = [];
  const digest = eachEvent(run, true, (decoded, number) => {
    const { event, warning } = transformEvent(decoded, { position: number + 1, version: versions[number - run.first]!, mapping });
    assertFits(event, number, maxEventBytes);
    events.add(event);
    if (warning) warnings.push(warning);
  });
  return { ...events.take(), warnings, ...digest };
}

/** Whether it can be parsed with bounded memory, and exported again. Escapes in place of raw UTF-8, and the new app's name and addresses, can make an event larger than an archive may hold it. */
function assertFits(event: DecodedEvent, number: number, maxEventBytes: number): void {
  if (hasTooManyValues(event)) throw tooManyValues(eventPath(number));
  const bytes = oversize(event, maxEventBytes);
  if (bytes === undefined) return;
  const what = `The event ${eventPath(number)} would have ${bytes} bytes in a backup of the new app`;
  throw beyondLimit('event-too-large', what, { allowed: maxEventBytes, setting: 'REPRISE_MAX_EVENT_BYTES' });
}

function eachEvent(run: EventRun, checked: boolean, visit: (event: DecodedEvent, number: number) => void): RunDigest {
  const bytes = Buffer.from(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
  const hash = createHash('sha256');
  const plain = run.begins && run.ends ? undefined : new ByteBlock(plainBytesOfRun(run));
  const take = (file: Uint8Array) => void (plain ? plain.add(file) : hash.update(file));
  const all = inflateRun(bytes, run);
  if (all) take(all);
  let size = 0;
  for (let i = 0; i < countOf(run); i++) {
    const entry = entryOf(run, i);
    const file = all ? all.subarray(size, size + entry.size) : inflateEntry(bytes, run.base, entry);
    size += file.length;
    if (!all) take(file);
    const number = run.first + i;
    try {
      visit(decodeEventFile(file, entry.name, checked), number);
    } catch (error) {
      throw aboutEvent(eventPath(number), error);
    }
  }
  return plain ? { plain: plain.take(), size } : { sha256: hash.digest('hex'), size };
}
