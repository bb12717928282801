import { createHash } from 'node:crypto';
import { countIn, noCounts } from './counts.js';
import { encodeEntry } from './deflate.js';
import { encodeEventFile } from './event-file.js';
import { usersOf } from './event-users.js';
import { eventPath } from './layout.js';
import { ByteBlock } from '@reprise/kernel';
import { countOfPacked, unpackEvents, type PackedEvents } from '@reprise/event-store-core';

/** Of an event file, deflated and plain; only a first guess. */
const USUAL_BYTES = 1_000;

/** In order, all of one folder. */
export interface DeflateEvents extends PackedEvents {
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
export function deflateEvents({ time, whole, ...packed }: DeflateEvents): DeflatedEvents {
  const count = countOfPacked(packed);
  const hash = createHash('sha256');
  const bytes = new ByteBlock(count * USUAL_BYTES);
  const plain = whole ? undefined : new ByteBlock(count * USUAL_BYTES);
  const types = noCounts();
  const users = new Set<string>();
  const [methods, crcs, compressedSizes] = [new Uint8Array(count), new Uint32Array(count), new Uint32Array(count)];
  const [sizes, lengths] = [new Uint32Array(count), new Uint32Array(count)];
  let i = 0;
  for (const event of unpackEvents(packed)) {
    const file = Buffer.from(encodeEventFile(event), 'latin1');
    const { record, header, data } = encodeEntry(eventPath(event.position - 1), file, { time });
    bytes.add(header);
    bytes.add(data);
    methods[i] = record.method;
    crcs[i] = record.crc;
    compressedSizes[i] = record.compressedSize;
    sizes[i] = record.size;
    lengths[i] = header.length + data.length;
    countIn(types, event.type);
    for (const user of usersOf(event.type, event.payload)) users.add(user);
    if (plain) plain.add(file);
    else hash.update(file);
    i++;
  }
  const result = { bytes: bytes.take(), methods, crcs, compressedSizes, sizes, lengths, types, users: [...users] };
  return plain ? { ...result, plain: plain.take() } : { ...result, sha256: hash.digest('hex') };
}
