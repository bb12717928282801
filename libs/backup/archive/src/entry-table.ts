/** Columns of numbers that grow: a directory of a million entries takes tens of megabytes this way, as objects hundreds. */
export class EntryTable {
  length = 0;
  private capacity = 1024;
  offsets = new Float64Array(this.capacity);
  compressedSizes = new Float64Array(this.capacity);
  sizes = new Float64Array(this.capacity);
  crcs = new Uint32Array(this.capacity);
  methods = new Uint16Array(this.capacity);
  /** Bytes of the name. */
  nameLengths = new Uint16Array(this.capacity);

  /** The index of the new row. */
  add(row: { offset: number; compressedSize: number; size: number; crc: number; method: number; nameLength: number }): number {
    if (this.length === this.capacity) this.grow();
    const index = this.length++;
    this.offsets[index] = row.offset;
    this.compressedSizes[index] = row.compressedSize;
    this.sizes[index] = row.size;
    this.crcs[index] = row.crc;
    this.methods[index] = row.method;
    this.nameLengths[index] = row.nameLength;
    return index;
  }

  private grow(): void {
    this.capacity *= 2;
    const grown = <Column extends Float64Array | Uint32Array | Uint16Array>(column: Column, larger: Column): Column => {
      larger.set(column);
      return larger;
    };
    this.offsets = grown(this.offsets, new Float64Array(this.capacity));
    this.compressedSizes = grown(this.compressedSizes, new Float64Array(this.capacity));
    this.sizes = grown(this.sizes, new Float64Array(this.capacity));
    this.crcs = grown(this.crcs, new Uint32Array(this.capacity));
    this.methods = grown(this.methods, new Uint16Array(this.capacity));
    this.nameLengths = grown(this.nameLengths, new Uint16Array(this.capacity));
  }
}

/** Numbers by key 0, 1, 2 …, growing; 0 stands for none, so values are stored plus one. */
export class NumberIndex {
  private values = new Uint32Array(1024);
  /** Highest key plus one. */
  length = 0;

  get(key: number): number | undefined {
    const value = key < this.length ? this.values[key]! : 0;
    return value === 0 ? undefined : value - 1;
  }

  set(key: number, value: number): void {
    if (key >= this.values.length) {
      const larger = new Uint32Array(Math.max(key + 1, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[key] = value + 1;
    if (key >= this.length) this.length = key + 1;
  }
}
