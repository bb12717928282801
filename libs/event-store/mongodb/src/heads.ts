import type { mongo } from '@reprise/mongodb';
import type { Commits, Extent } from './commits.js';
import type { LogDocument } from './documents.js';

/** Apps whose last head is remembered. */
const REMEMBERED = 10_000;

/** Where logs end. What is remembered is where a log reached once, which shortens the search; the answer always comes from the database. */
export class Heads {
  private readonly reached = new Map<string, number>();

  constructor(private readonly commits: Commits) {}

  /** The position up to which nothing is missing. */
  async of(log: LogDocument, session?: mongo.ClientSession): Promise<number> {
    if (log.state === 'purged') return 0;
    const known = this.reached.get(log._id) ?? 0;
    const head = log.state === 'open' ? await this.end(log, known, session) : await this.gapless(log._id, known);
    this.remember(log._id, head);
    return head;
  }

  forget(app: string): void {
    this.reached.delete(app);
  }

  /** An open log has no gap: its last document says it. */
  private async end(log: LogDocument, known: number, session: mongo.ClientSession | undefined): Promise<number> {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const extent = await this.commits.lastExtent(log._id, known, before, session);
      if (!extent) return known === 0 ? 0 : this.end(log, 0, session);
      if (!isLate(log, extent)) return extent.last;
      before = extent.last;
    }
  }

  private async gapless(app: string, known: number): Promise<number> {
    let position = known;
    for await (const { first, last } of this.commits.extents(app, known + 1)) {
      if (first > position + 1) break;
      position = Math.max(position, last);
    }
    return position;
  }

  private remember(app: string, head: number): void {
    this.reached.delete(app);
    this.reached.set(app, head);
    if (this.reached.size > REMEMBERED) this.reached.delete(this.reached.keys().next().value!);
  }
}

/**
 * Whether an import brought it after the log was opened: it isn't part of the log, and whoever wrote it takes it back. Opening
 * proves that nothing is missing, so that it can only lie behind what was restored.
 */
export function isLate({ state, importedTo }: LogDocument, { imported, last }: Pick<Extent, 'imported' | 'last'>): boolean {
  return state === 'open' && imported && last > (importedTo ?? 0);
}
