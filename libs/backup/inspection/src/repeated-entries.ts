import type { ArchiveEntry, EntryList } from '@reprise/backup-archive';

/** Indexes in order, of which the used ones at the front are passed over once and for all. */
interface Queue {
  indexes: number[];
  next: number;
}

/** Entries of one name, in the order of the archive, each given out once. */
export class RepeatedEntries {
  private readonly used: Uint8Array;
  /** The first that may not be used yet. */
  private next = 0;
  private readonly bySize = new Map<number, Queue>();

  constructor(private readonly entries: EntryList) {
    this.used = new Uint8Array(entries.length);
    for (let index = 0; index < entries.length; index++) {
      const size = entries.size(index);
      const queue = this.bySize.get(size);
      if (queue) queue.indexes.push(index);
      else this.bySize.set(size, { indexes: [index], next: 0 });
    }
  }

  /** The first one of that size, else an empty one (which stands for a lost file), else the first. */
  take(size: number): ArchiveEntry | undefined {
    const index = this.firstOf(this.bySize.get(size)) ?? this.firstOf(this.bySize.get(0)) ?? this.first();
    if (index === undefined) return undefined;
    this.used[index] = 1;
    return this.entries.entry(index);
  }

  private firstOf(queue: Queue | undefined): number | undefined {
    if (!queue) return undefined;
    while (queue.next < queue.indexes.length && this.used[queue.indexes[queue.next]!]) queue.next++;
    return queue.indexes[queue.next];
  }

  private first(): number | undefined {
    while (this.used[this.next]) this.next++;
    return this.next < this.entries.length ? this.next : undefined;
  }
}
