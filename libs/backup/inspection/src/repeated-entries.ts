import type { ArchiveEntry } from '@reprise/backup-archive';

/** Indexes in order, of which the used ones at the front are passed over once and for all. */
interface Queue {
  indexes: number[];
  next: number;
}

/** Entries of one name, in the order of the archive, each given out once. */
export class RepeatedEntries {
  private readonly used: boolean[];
  private readonly all: Queue;
  private readonly bySize = new Map<number, Queue>();

  constructor(private readonly entries: readonly ArchiveEntry[]) {
    this.used = entries.map(() => false);
    this.all = { indexes: entries.map((_, index) => index), next: 0 };
    entries.forEach(({ size }, index) => {
      const queue = this.bySize.get(size);
      if (queue) queue.indexes.push(index);
      else this.bySize.set(size, { indexes: [index], next: 0 });
    });
  }

  /** The first one of that size, else an empty one (which stands for a lost file), else the first. */
  take(size: number): ArchiveEntry | undefined {
    const index = this.first(this.bySize.get(size)) ?? this.first(this.bySize.get(0)) ?? this.first(this.all);
    if (index === undefined) return undefined;
    this.used[index] = true;
    return this.entries[index];
  }

  private first(queue: Queue | undefined): number | undefined {
    if (!queue) return undefined;
    while (queue.next < queue.indexes.length && this.used[queue.indexes[queue.next]!]) queue.next++;
    return queue.indexes[queue.next];
  }
}
