import type { NewEvent } from '@reprise/contracts';
import { escapeLoneSurrogates } from '@reprise/json-text';
import { ByteBlock, RepriseError } from '@reprise/kernel';
import type { StoredEvent } from './event-log.js';

/**
 * Events as two blocks of memory, which go from thread to thread as they are. As objects they would be copied value by value, and live
 * just long enough on both sides to be expensive to collect. Texts are well-formed, as stores keep them.
 */
export interface PackedEvents {
  /** Stream, type, payload and headers of each, in UTF-8, end to end. */
  texts: Uint8Array;
  /** Of each: position, version, and the bytes of its four texts. */
  numbers: Float64Array;
}

const NUMBERS = 6;

export class EventPacker {
  private readonly texts: ByteBlock;
  private readonly numbers: number[] = [];

  /** `bytes` is a guess at what they will take. */
  constructor(bytes: number) {
    this.texts = new ByteBlock(bytes);
  }

  add({ position, version, stream, type, payload, headers }: StoredEvent): void {
    const { texts } = this;
    this.numbers.push(position, version, texts.addText(stream), texts.addText(type), texts.addText(payload), texts.addText(headers));
  }

  /** An event whose four texts stand end to end already; `lengths`: the bytes of each. */
  addPacked(position: number, version: number, texts: Uint8Array, lengths: readonly [stream: number, type: number, payload: number, headers: number]): void {
    this.texts.add(texts);
    this.numbers.push(position, version, ...lengths);
  }

  /** All of them, once. */
  take(): PackedEvents {
    return { texts: this.texts.take(), numbers: Float64Array.from(this.numbers) };
  }
}

export function countOfPacked({ numbers }: Pick<PackedEvents, 'numbers'>): number {
  return numbers.length / NUMBERS;
}

/** The position of the first. There must be one. */
export function firstOfPacked({ numbers }: Pick<PackedEvents, 'numbers'>): number {
  return numbers[0]!;
}

/** An event whose long texts are still in the block that it came in, as UTF-8: whoever passes them on needn't make strings of them. */
export interface PackedEvent extends Omit<StoredEvent, 'payload' | 'headers'> {
  payload: Buffer;
  headers: Buffer;
}

export function* packedEvents({ texts, numbers }: PackedEvents): Generator<PackedEvent> {
  const bytes = Buffer.from(texts.buffer, texts.byteOffset, texts.byteLength);
  let end = 0;
  const text = (length: number) => bytes.toString('utf8', end, (end += length));
  const part = (length: number) => bytes.subarray(end, (end += length));
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [position, version] = [numbers[at]!, numbers[at + 1]!];
    const stream = text(numbers[at + 2]!);
    const type = text(numbers[at + 3]!);
    const payload = part(numbers[at + 4]!);
    const headers = part(numbers[at + 5]!);
    yield { position, stream, version, type, payload, headers };
  }
}

export function* unpackEvents(events: PackedEvents): Generator<StoredEvent> {
  for (const event of packedEvents(events)) yield unpacked(event);
}

export function unpacked(event: PackedEvent): StoredEvent {
  return { ...event, payload: event.payload.toString(), headers: event.headers.toString() };
}

/** Events that somebody made himself, with half characters in their texts escaped. Error `log.event-invalid` (invalid) for those in names. */
export function packEvents(events: readonly StoredEvent[]): PackedEvents {
  const packer = new EventPacker(1_000 * events.length);
  for (const event of events) packer.add({ ...storable(event), stream: storableName(event.stream, 'stream name') });
  return packer.take();
}

/** UTF-8 has no place for lone surrogates: within JSON they are escaped, elsewhere they are refused rather than changed. */
export function storable<Event extends NewEvent>(event: Event): Event {
  storableName(event.type, 'type');
  return { ...event, payload: escapeLoneSurrogates(event.payload), headers: escapeLoneSurrogates(event.headers) };
}

export function storableName(name: string, what: 'type' | 'stream name'): string {
  if (name.isWellFormed()) return name;
  throw new RepriseError('invalid', 'log.event-invalid', `The ${what} of an event holds half a character.`);
}
