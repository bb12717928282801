/** Gives the memory of bytes back now, not when the collector comes: it takes megabytes outside of its heap for little. Nobody may read them any more. */
export function release(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) (bytes.buffer as ArrayBuffer).transfer(0);
}

/**
 * Bytes gathered in one block of memory of their own, which can go to another thread as it is. Thousands of small buffers, kept until they
 * are joined, would outlive the young generation: collecting them costs more than making them.
 */
export class ByteBlock {
  private block: Buffer<ArrayBuffer>;
  private length = 0;

  constructor(capacity: number) {
    this.block = Buffer.from(new ArrayBuffer(capacity));
  }

  add(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.block.set(bytes, at);
  }

  /** As UTF-8; the answer is how many bytes that takes. */
  addText(text: string): number {
    const length = Buffer.byteLength(text);
    const at = this.reserve(length);
    this.block.write(text, at);
    return length;
  }

  /** All of it, once. */
  take(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.block.buffer.transfer(this.length));
  }

  /** Where the next bytes go. May move the block. */
  private reserve(length: number): number {
    const at = this.length;
    this.length += length;
    if (this.length > this.block.length) this.block = Buffer.from(this.block.buffer.transfer(Math.max(this.length, 2 * this.block.length)));
    return at;
  }
}
