import { countIn, noCounts } from './counts.js';
import type { DeflatedEvents } from './deflate-events.js';
import type { FolderDigest } from './digests.js';
import type { ArchivedEvent } from './event-types.js';
import { FragmentLayout } from './fragment-layout.js';
import type { NewFragment } from './stored-fragment.js';
import { FolderDigests } from './folder-digests.js';
import { inOrder } from './in-order.js';
import { eventPath, EVENTS_PER_FOLDER } from './layout.js';
import { EventPacker, type PackedEvents } from '@reprise/event-store-core';
import { widthOf, type ArchivePool } from './pool.js';
import { dosTime } from './zip-format.js';

/** Characters of payloads that go to a thread at once; a folder of larger events goes in several runs. */
const RUN_CHARACTERS = 4 * 1024 * 1024;
const USUAL_RUN_BYTES = 2 * 1024 * 1024;

interface Run {
  events: PackedEvents;
  /** Of the events, packed. */
  bytes: number;
  /** Number of the first event's file. */
  first: number;
  count: number;
  /** The first and the last of their folder are among them. */
  begins: boolean;
  ends: boolean;
}

/**
 * The fragment of the event files of a segment. `pages` are its events in order, in pages of any size; the first position is 1 more than a
 * multiple of 1,000, because digests are of whole folders.
 */
export function eventFragment(pages: AsyncIterable<readonly ArchivedEvent[]>, options: { pool: ArchivePool; modified: Date }): NewFragment {
  const { pool } = options;
  const time = dosTime(options.modified);
  const layout = new FragmentLayout();
  const open = new FolderDigests();
  const folders: FolderDigest[] = [];
  const types = noCounts();
  const users = new Set<string>();
  let events = 0;

  const note = (run: Omit<Run, 'events' | 'bytes'>, deflated: DeflatedEvents) => {
    for (let i = 0; i < run.count; i++) {
      layout.entry({
        name: eventPath(run.first + i),
        method: deflated.methods[i]!,
        crc: deflated.crcs[i]!,
        compressedSize: deflated.compressedSizes[i]!,
        size: deflated.sizes[i]!,
      });
      layout.own(deflated.lengths[i]!);
    }
    const { sha256, plain, sizes } = deflated;
    const size = sizes.reduce((sum, entry) => sum + entry, 0);
    const folder = open.add({ first: run.first, count: run.count, size, ends: run.ends, sha256, plain });
    if (folder) folders.push(folder);
    events += run.count;
    for (const [type, count] of Object.entries(deflated.types)) countIn(types, type, count);
    for (const user of deflated.users) users.add(user);
  };

  async function* bytes(): AsyncGenerator<Uint8Array> {
    const deflate = async ({ events, ...run }: Run) => ({ run, deflated: await pool.run('deflateEvents', { ...events, whole: run.begins && run.ends, time }) });
    for await (const { run, deflated } of inOrder(
      runsOf(pages),
      deflate,
      widthOf(pool, ({ bytes }) => bytes),
    )) {
      note(run, deflated);
      yield deflated.bytes;
    }
  }

  return {
    bytes: bytes(),
    index: () => ({ ...layout.index(), time, events, assets: 0, types, users: [...users], folders, assetDigests: [], warnings: [] }),
  };
}

/** Cuts pages into runs of one folder each: a whole one if its events aren't large. */
async function* runsOf(pages: AsyncIterable<readonly ArchivedEvent[]>): AsyncGenerator<Run> {
  let events = new EventPacker(USUAL_RUN_BYTES);
  let first = 0;
  let characters = 0;
  const run = (ends: boolean): Run => {
    const { count } = events;
    const packed = events.take();
    return { events: packed, bytes: packed.texts.byteLength, first, count, begins: first % EVENTS_PER_FOLDER === 0, ends };
  };
  for await (const page of pages) {
    for (const event of page) {
      const number = event.position - 1;
      const newFolder = number % EVENTS_PER_FOLDER === 0;
      if (events.count > 0 && (newFolder || characters > RUN_CHARACTERS)) {
        yield run(newFolder);
        events = new EventPacker(USUAL_RUN_BYTES);
        characters = 0;
      }
      if (events.count === 0) first = number;
      events.add(event);
      characters += event.payload.length;
    }
  }
  if (events.count > 0) yield run(true);
}
