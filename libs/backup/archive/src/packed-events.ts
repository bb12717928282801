import { ByteBlock } from './byte-block.js';
import type { ArchivedEvent } from './event-types.js';

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

  get count(): number {
    return this.numbers.length / NUMBERS;
  }

  add({ position, version, stream, type, payload, headers }: ArchivedEvent): void {
    const { texts } = this;
    this.numbers.push(position, version, texts.addText(stream), texts.addText(type), texts.addText(payload), texts.addText(headers));
  }

  /** All of them, once. */
  take(): PackedEvents {
    return { texts: this.texts.take(), numbers: Float64Array.from(this.numbers) };
  }
}

export function countOfPacked({ numbers }: Pick<PackedEvents, 'numbers'>): number {
  return numbers.length / NUMBERS;
}

export function* unpackEvents({ texts, numbers }: PackedEvents): Generator<ArchivedEvent> {
  const bytes = Buffer.from(texts.buffer, texts.byteOffset, texts.byteLength);
  let end = 0;
  const next = (length: number) => bytes.toString('utf8', end, (end += length));
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const [position, version] = [numbers[at]!, numbers[at + 1]!];
    const stream = next(numbers[at + 2]!);
    const type = next(numbers[at + 3]!);
    const payload = next(numbers[at + 4]!);
    const headers = next(numbers[at + 5]!);
    yield { position, stream, version, type, payload, headers };
  }
}
