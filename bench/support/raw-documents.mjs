import { ArchiveReader, decodeEventFile } from '@reprise/backup-archive';
import { collection, MongoDatabase } from '@reprise/mongodb';
import { withArchive } from './archive-file.mjs';

const BATCH = 1_000;
/** Events read before their inserts are timed: nothing else runs meanwhile. */
const READ_AHEAD = 20_000;
const EVENTS = 'raw_events';

/** One document an event, with what an event log can't do without: positions and streams' versions that are unique. */
const modules = [
  {
    [EVENTS]: collection({ _id: Number, stream: String, version: Number, type: String, payload: String, headers: String }, [
      [{ stream: 1, version: 1 }, { unique: true }],
    ]),
  },
];

/**
 * Seconds that it takes to insert an archive's events into an empty collection of a database server with the driver and nothing else, 1,000 at once, each
 * batch acknowledged by a majority and in the journal as all that Reprise writes. Reading and decoding are not counted.
 */
export async function insertDocuments(archive, url) {
  const database = await MongoDatabase.open({ url, database: 'raw', modules });
  try {
    await database.migrate();
    const documents = database.collection(EVENTS);
    const versions = new Map();
    let time = 0;
    await withArchive(archive, async (source) => {
      const reader = await ArchiveReader.open(source);
      for (let first = 0; first < reader.events; first += READ_AHEAD) {
        const events = [];
        for (let number = first; number < Math.min(first + READ_AHEAD, reader.events); number++) {
          const entry = reader.event(number);
          const { stream, type, payload, headers } = decodeEventFile(await reader.readEntry(entry), entry.name);
          const version = versions.get(stream) ?? 0;
          versions.set(stream, version + 1);
          events.push({ _id: number + 1, stream, version, type, payload, headers });
        }
        const started = performance.now();
        for (let from = 0; from < events.length; from += BATCH) await documents.insertMany(events.slice(from, from + BATCH));
        time += performance.now() - started;
      }
    });
    return time / 1_000;
  } finally {
    await database.drop();
    await database.close();
  }
}
