import { createHash } from 'node:crypto';
import { assetFileOf, type AssetFile } from './asset-files.js';
import { decodeEventFile } from './event-file.js';
import type { ArchivedEvent, DecodedEvent } from './event-types.js';
import { entriesOf, type EventRun } from './event-runs.js';
import { usersOf } from './event-users.js';
import { aboutEvent } from './errors.js';
import { eventPath } from './layout.js';
import { inflateEntry } from './inflate.js';
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

/** Reads and checks the events of a run, and answers what inspection needs to know of them. CPU work: runs in the pool. */
export function inspectRun(run: EventRun): InspectedEvents {
  const result = { streams: [] as string[], types: [] as string[], assetFiles: [] as AssetFile[] };
  const users = new Set<string>();
  const digest = eachEvent(run, (event, number) => {
    result.streams.push(event.stream);
    result.types.push(event.type);
    for (const user of usersOf(event.type, event.payload)) users.add(user);
    const file = assetFileOf(event, number + 1);
    if (file) result.assetFiles.push(file);
  });
  return { ...result, users: [...users], ...digest };
}

export interface DecodeRun {
  run: EventRun;
  /** Stream version of each event. */
  versions: readonly number[];
  mapping: RestoreMapping;
}

export interface DecodedEvents extends RunDigest {
  events: ArchivedEvent[];
  warnings: string[];
}

/** Reads, checks and transforms the events of a run for their new app. CPU work: runs in the pool. */
export function decodeRun({ run, versions, mapping }: DecodeRun): DecodedEvents {
  const events: ArchivedEvent[] = [];
  const warnings: string[] = [];
  const digest = eachEvent(run, (decoded, number) => {
    const { event, warning } = transformEvent(decoded, { position: number + 1, version: versions[number - run.first]!, mapping });
    events.push(event);
    if (warning) warnings.push(warning);
  });
  return { events, warnings, ...digest };
}

function eachEvent(run: EventRun, visit: (event: DecodedEvent, number: number) => void): RunDigest {
  const bytes = Buffer.from(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
  const hash = createHash('sha256');
  const whole = run.begins && run.ends;
  const plain: Uint8Array[] = [];
  let size = 0;
  entriesOf(run).forEach((entry, i) => {
    const file = inflateEntry(bytes, run.base, entry);
    size += file.length;
    if (whole) hash.update(file);
    else plain.push(file);
    const number = run.first + i;
    try {
      visit(decodeEventFile(file, entry.name), number);
    } catch (error) {
      throw aboutEvent(eventPath(number), error);
    }
  });
  return whole ? { sha256: hash.digest('hex'), size } : { plain: new Uint8Array(Buffer.concat(plain)), size };
}
