import { countIn, noCounts } from './counts.js';
import type { DeflatedEvents } from './deflate-events.js';
import type { FolderDigest } from './digests.js';
import { FragmentLayout } from './fragment-layout.js';
import type { NewFragment } from './stored-fragment.js';
import { FolderDigests } from './folder-digests.js';
import { inOrder } from './in-order.js';
import { eventPath, EVENTS_PER_FOLDER } from './layout.js';
import { countOfPacked, firstOfPacked, type PackedEvents } from '@reprise/event-store-core';
import { widthOf, type ArchivePool } from './pool.js';
import { dosTime } from './zip-format.js';

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
 * The fragment of the event files of a segment. `pages` are its events in order, each of one folder, whole if its events aren't large; the first position
 * is 1 more than a multiple of 1,000, because digests are of whole folders. Pages change hands.
 */
export function eventFragment(pages: AsyncIterable<PackedEvents>, options: { pool: ArchivePool; modified: Date }): NewFragment {
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

/** Whether a page ends its folder is known by the next one. */
async function* runsOf(pages: AsyncIterable<PackedEvents>): AsyncGenerator<Run> {
  let last: Omit<Run, 'ends'> | undefined;
  for await (const events of pages) {
    const first = firstOfPacked(events) - 1;
    const begins = first % EVENTS_PER_FOLDER === 0;
    if (last) yield { ...last, ends: begins };
    last = { events, bytes: events.texts.byteLength, first, count: countOfPacked(events), begins };
  }
  if (last) yield { ...last, ends: true };
}
