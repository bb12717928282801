import { rawMember } from '@reprise/json-text';
import type { ArchiveReader } from './archive-reader.js';
import type { AssetFile } from './asset-files.js';
import type { FolderDigest } from './digests.js';
import { invalid, namingEvents, tooManyValues } from './errors.js';
import { decodeEventFile } from './event-file.js';
import { countOf, plainBytesOfRun, readRuns, type EventRun } from './event-runs.js';
import { hasTooManyValues } from './event-values.js';
import { FolderDigests } from './folder-digests.js';
import { inOrder } from './in-order.js';
import { eventPath } from './layout.js';
import { widthOf, type ArchivePool } from './pool.js';
import type { InspectedEvents } from './read-events.js';

export interface InspectedRun {
  /** File number of the first event; position is one more. */
  from: number;
  streams: string[];
  types: string[];
  /** Users that the run's events name, in order of first appearance. */
  users: string[];
  assetFiles: AssetFile[];
  /** Plain bytes. */
  bytes: number;
  /** Of the folder that ends with this run. */
  folder?: FolderDigest;
}

const APP_CREATED = 'appcreatedevent';

/** The archive's app, from its first event. Error `archive.first-event` (invalid) when that isn't the app's creation. */
export async function readApp(reader: ArchiveReader): Promise<{ id: string; name: string }> {
  const entry = reader.event(0);
  const event = decodeEventFile(await reader.readEntry(entry), entry.name);
  if (hasTooManyValues(event)) throw tooManyValues(entry.name);
  const refused = (what: string) => invalid('first-event', `The first event, ${entry.name}, ${what} The archive is no backup of an app.`);
  if (event.type.toLowerCase() !== APP_CREATED) throw refused(`is a ${event.type.slice(0, 60)}, not the creation of an app.`);
  const text = (name: string): unknown => JSON.parse(rawMember(event.payload, name, { ignoreCase: true }) ?? 'null');
  const [appId, name] = [text('appId'), text('name')];
  if (typeof appId !== 'string' || typeof name !== 'string' || name === '') throw refused('has no app id or no name.');
  const id = appId.split(',', 1)[0]!;
  if (event.stream !== `app-${id}` && event.stream !== `app-${id}--${id}`)
    throw refused(`is in the stream ${event.stream.slice(0, 60)}, not in that of its app.`);
  return { id, name };
}

/**
 * Reads every event file once, in order: checksum, envelope and payload are checked, the rest is the caller's. Errors name the entry;
 * a second creation of an app is refused too (`archive.second-app`).
 */
export async function* inspectEvents(reader: ArchiveReader, pool: ArchivePool): AsyncGenerator<InspectedRun> {
  const runs = readRuns(reader.source, 0, reader.events - 1, (number) => reader.event(number));
  const digests = new FolderDigests();
  const { maxEventBytes } = reader.limits;
  const inspect = async (run: EventRun) => {
    const part = { first: run.first, count: countOf(run), ends: run.ends };
    return { part, inspected: await pool.run('inspectRun', { ...run, maxEventBytes }).catch(namingEvents(part)) };
  };
  for await (const { part, inspected } of inOrder(runs, inspect, widthOf(pool, plainBytesOfRun))) {
    checkCreations(part.first, inspected);
    const { streams, types, users, assetFiles, ...digest } = inspected;
    const folder = digests.add({ ...part, ...digest });
    yield { from: part.first, streams, types, users, assetFiles, bytes: digest.size, ...(folder ? { folder } : {}) };
  }
}

function checkCreations(first: number, { types }: InspectedEvents): void {
  types.forEach((type, i) => {
    const creates = type.toLowerCase() === APP_CREATED;
    const number = first + i;
    if (creates && number > 0) throw invalid('second-app', `The event ${eventPath(number)} creates an app again. An archive holds one app.`);
    if (!creates && number === 0)
      throw invalid('first-event', `The first event, ${eventPath(0)}, is not the creation of an app. The archive is no backup of an app.`);
  });
}
