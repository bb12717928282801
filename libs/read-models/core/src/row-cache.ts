import type { EntityState } from '@reprise/contracts';

/** What a stream led to so far; `state` is undefined for a stream whose object doesn't exist (yet). */
export interface CachedState {
  state: EntityState | undefined;
  /** Characters of the state as text: what the cache is bounded by. */
  size: number;
}

/** States that a run of the projector has seen, so that it needn't read back what it wrote itself. The least recently used go first. */
export class RowCache {
  private readonly entries = new Map<string, CachedState>();
  private size = 0;

  constructor(
    private readonly maxCount: number,
    private readonly maxSize: number,
  ) {}

  get(stream: string): CachedState | undefined {
    const entry = this.entries.get(stream);
    if (entry) {
      this.entries.delete(stream);
      this.entries.set(stream, entry);
    }
    return entry;
  }

  set(stream: string, entry: CachedState): void {
    this.remove(stream);
    this.entries.set(stream, entry);
    this.size += entry.size;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxCount && this.size <= this.maxSize) break;
      this.remove(oldest);
    }
  }

  clear(): void {
    this.entries.clear();
    this.size = 0;
  }

  private remove(stream: string): void {
    const entry = this.entries.get(stream);
    if (!entry) return;
    this.entries.delete(stream);
    this.size -= entry.size;
  }
}
