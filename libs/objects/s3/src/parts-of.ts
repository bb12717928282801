const FIRST_CAPACITY = 256 * 1024;

/**
 * The source's bytes, cut into parts of the sizes that `sizeOf` says; the last one has what is left. There is none of no bytes. What it gives is
 * the taker's; a chunk of the source is copied before the next is asked for, as its giver may fill it anew.
 */
export async function* partsOf(source: AsyncIterable<Uint8Array> | Uint8Array, sizeOf: (number: number) => number): AsyncGenerator<Buffer> {
  if (source instanceof Uint8Array) yield* partsOfBytes(source, sizeOf);
  else yield* partsOfChunks(source, sizeOf);
}

function* partsOfBytes(bytes: Uint8Array, sizeOf: (number: number) => number): Generator<Buffer> {
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const length = Math.min(sizeOf(number), bytes.length - start);
    yield Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
    start += length;
  }
}

async function* partsOfChunks(chunks: AsyncIterable<Uint8Array>, sizeOf: (number: number) => number): AsyncGenerator<Buffer> {
  let number = 1;
  let part = new GrowingPart(sizeOf(number));
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      taken += part.add(chunk.subarray(taken));
      if (!part.isFull) continue;
      yield part.bytes;
      part = new GrowingPart(sizeOf(++number));
    }
  }
  if (part.bytes.length > 0) yield part.bytes;
}

/** Most objects are much smaller than a part, and many are put at once. */
class GrowingPart {
  private buffer = Buffer.alloc(0);
  private length = 0;

  constructor(private readonly size: number) {}

  get isFull(): boolean {
    return this.length === this.size;
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Takes what fits, and says how much that was. */
  add(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.size - this.length);
    this.reserve(this.length + taken);
    this.buffer.set(bytes.subarray(0, taken), this.length);
    this.length += taken;
    return taken;
  }

  private reserve(length: number): void {
    if (length <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(this.size, Math.max(length, 2 * this.buffer.length, FIRST_CAPACITY)));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
