import { createHash } from 'node:crypto';
import { countIn, noCounts } from './counts.js';
import { encodeEntry } from './deflate.js';
import { encodeEventFile } from './event-file.js';
import type { ArchivedEvent } from './event-types.js';
import { usersOf } from './event-users.js';
import { eventPath } from './layout.js';

export interface DeflateEvents {
  /** In order, all of one folder. */
  events: readonly ArchivedEvent[];
  time: number;
  /** These are all events of their folder: its digest can be made here, else the caller gets the plain bytes to go on with. */
  whole: boolean;
}

export interface DeflatedEvents {
  /** Local headers and data, end to end. */
  bytes: Uint8Array;
  /** Of each entry; sizes of an event file fit 32 bits by far. */
  methods: Uint8Array;
  crcs: Uint32Array;
  compressedSizes: Uint32Array;
  sizes: Uint32Array;
  /** Of each entry, header included. */
  lengths: Uint32Array;
  types: Record<string, number>;
  users: string[];
  sha256?: string;
  plain?: Uint8Array;
}

/** Event files of a run of events as entries of a fragment. CPU work: runs in the pool. */
export function deflateEvents({ events, time, whole }: DeflateEvents): DeflatedEvents {
  const count = events.length;
  const hash = createHash('sha256');
  const chunks: Uint8Array[] = [];
  const plain: Uint8Array[] = [];
  const types = noCounts();
  const users = new Set<string>();
  const [methods, crcs, compressedSizes] = [new Uint8Array(count), new Uint32Array(count), new Uint32Array(count)];
  const [sizes, lengths] = [new Uint32Array(count), new Uint32Array(count)];
  events.forEach((event, i) => {
    const file = Buffer.from(encodeEventFile(event), 'latin1');
    const { record, header, data } = encodeEntry(eventPath(event.position - 1), file, { time });
    chunks.push(header, data);
    methods[i] = record.method;
    crcs[i] = record.crc;
    compressedSizes[i] = record.compressedSize;
    sizes[i] = record.size;
    lengths[i] = header.length + data.length;
    countIn(types, event.type);
    for (const user of usersOf(event.type, event.payload)) users.add(user);
    if (whole) hash.update(file);
    else plain.push(file);
  });
  const result = { bytes: joined(chunks), methods, crcs, compressedSizes, sizes, lengths, types, users: [...users] };
  return whole ? { ...result, sha256: hash.digest('hex') } : { ...result, plain: joined(plain) };
}

/** In memory of its own: what is sent to another thread takes all of its memory block along. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}
