import { blockOf, checkHeld, importMismatch, logIncomplete, logNotOpen, unpackEvents } from '@reprise/event-store-core';
import type { LogHead, PackedEvents, StoredEvent } from '@reprise/event-store-core';
import { isRepriseError, newId, release } from '@reprise/kernel';
import { commitOf, type Commits, type Extent } from './commits.js';
import type { LogDocument } from './documents.js';
import type { Draft, EventTexts } from './event-texts.js';
import { isLate, type Heads } from './heads.js';
import type { LogQueries } from './log-queries.js';
import type { Logs } from './logs.js';

/** Texts that are in the memory at once as objects. */
const PART_BYTES = 4 * 1024 * 1024;

/** A document that a call has written. */
interface Written extends Pick<Extent, 'last' | 'imported'> {
  id: string;
  /** Its events whose texts are in pieces. */
  spread: Draft[];
}

/** What a restore brings: events at positions that they carry, in parts that may come twice and in any order. */
export class LogImport {
  constructor(
    private readonly logs: Logs,
    private readonly commits: Commits,
    private readonly heads: Heads,
    private readonly texts: EventTexts,
    private readonly queries: LogQueries,
  ) {}

  async begin(appId: string, holder: string): Promise<void> {
    checkHeld(appId, holder, await this.logs.create({ _id: appId, state: 'importing', holder }));
  }

  async add(appId: string, holder: string, events: PackedEvents): Promise<void> {
    const log = await this.held(appId, holder);
    const written: Written[] = [];
    try {
      for (const part of parts(unpackEvents(events))) await this.addPart(log, part, written);
      const after = await this.held(appId, holder);
      if (written.some((extent) => isLate(after, extent))) throw logNotOpen(appId, after.state);
    } catch (error) {
      // Wrong events, or a log that was opened or purged meanwhile: nothing of the call stays. Where the database can't be reached the call is
      // repeated, and finds what it has written. Should this process die before it has cleaned up: the restore of wrong events fails anyway,
      // and what lies in a purged log nobody reads until `sweep` removes it.
      if (isRepriseError(error) && error.kind !== 'unavailable') await this.takeBack(appId, written);
      throw error;
    } finally {
      release(events.texts);
    }
  }

  async end(appId: string, holder: string): Promise<LogHead> {
    const log = await this.held(appId, holder);
    if (log.state === 'importing') {
      const found = { events: 0, last: 0 };
      for await (const { first, last } of this.commits.extents(appId, 1)) {
        found.events += last - first + 1;
        found.last = Math.max(found.last, last);
      }
      if (found.events !== found.last) throw logIncomplete(appId, found);
      await this.logs.open(appId, holder, found.last);
    }
    const opened = await this.held(appId, holder);
    return { position: await this.heads.of(opened), epoch: opened.epoch, state: 'open' };
  }

  private async held(appId: string, holder: string): Promise<LogDocument> {
    const log = await this.logs.find(appId);
    checkHeld(appId, holder, log);
    return log!;
  }

  private async addPart(log: LogDocument, part: StoredEvent[], written: Written[]): Promise<void> {
    if (part.length === 0) return;
    const { _id: appId } = log;
    // A segment that comes late for an open log may find its events there, but adds none.
    if (log.state === 'importing' && (await this.insert(appId, part, written))) return;
    const missing = await this.missing(appId, part);
    if (missing.length === 0) return;
    if (log.state !== 'importing') throw logNotOpen(appId, log.state);
    // No position is taken, so that a stream version must be; else some were there, by an earlier attempt.
    if (missing.length === part.length) throw importMismatch(appId, part[0]!.position);
    for (const rest of parts(missing)) await this.addPart(log, rest, written);
  }

  /** False when one of the positions or stream versions is taken. */
  private async insert(appId: string, part: readonly StoredEvent[], written: Written[]): Promise<boolean> {
    const drafts = await this.texts.draft(appId, part);
    const doubled = firstDoubled(drafts);
    if (doubled >= 0) throw importMismatch(appId, part[doubled]!.position);
    const id = newId();
    const events = drafts.map((draft, i) => ({ position: part[i]!.position, ...draft }));
    const document = commitOf(id, appId, events, { commits: [{ key: id }], imported: true });
    if (!(await this.commits.insert(document))) {
      await this.texts.discard(drafts);
      return false;
    }
    written.push({ id, last: document.last, imported: true, spread: drafts.filter(({ pieces }) => pieces) });
    return true;
  }

  /** Those whose positions are free. Throws when a position holds another event. */
  private async missing(appId: string, part: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const stored = new Map<number, StoredEvent>();
    for await (const event of this.queries.between(appId, part[0]!.position, part.at(-1)!.position)) stored.set(event.position, event);
    return part.filter((event) => {
      const there = stored.get(event.position);
      if (there && !(['stream', 'version', 'type', 'payload', 'headers'] as const).every((text) => there[text] === event[text])) {
        throw importMismatch(appId, event.position);
      }
      return !there;
    });
  }

  private async takeBack(appId: string, written: readonly Written[]): Promise<void> {
    await this.commits.remove(written.map(({ id }) => id));
    await this.texts.discard(written.flatMap(({ spread }) => spread));
    this.heads.forget(appId);
  }
}

/** Consecutive positions of one block that go into one document: so blocks' sizes are told without opening most documents. */
function* parts(events: Iterable<StoredEvent>): Generator<StoredEvent[]> {
  let part: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const before = part.at(-1);
    const size = event.payload.length + event.headers.length;
    const goesOn = before && event.position === before.position + 1 && blockOf(event.position) === blockOf(before.position) && bytes + size <= PART_BYTES;
    if (before && !goesOn) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(event);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** The first event whose stream version another of the same document has: the index tells documents apart, not what is within one. */
function firstDoubled(drafts: readonly Draft[]): number {
  const keys = new Set<string>();
  return drafts.findIndex(({ key }) => keys.size === keys.add(key).size);
}
