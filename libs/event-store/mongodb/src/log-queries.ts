import { BLOCK, blockOf, type LogHead, type StoredEvent } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import type { Commits } from './commits.js';
import type { EventDocument } from './documents.js';
import { inlineEvent, type EventTexts } from './event-texts.js';
import { isLate, type Heads } from './heads.js';
import type { Logs } from './logs.js';

/** An answer holds about as much at most, unless one event alone is larger. */
const MAX_BYTES = 8 * 1024 * 1024;
/** An event that is erased while it is read is found erased at the next look. */
const LOOKS = 5;

type Range = { from: number; to: number; limit: number; kinds?: readonly string[] };
type Answer = { events: StoredEvent[]; end: number };

/** The log's reads, at majority from the primary. */
export class LogQueries {
  constructor(
    private readonly logs: Logs,
    private readonly commits: Commits,
    private readonly heads: Heads,
    private readonly texts: EventTexts,
  ) {}

  async head(appId: string): Promise<LogHead> {
    const log = await this.logs.find(appId);
    if (!log) return { position: 0, epoch: 0, state: 'absent' };
    const position = await this.heads.of(log);
    // A purge in between takes the oldest events first: either nothing is left, or the head is what it was.
    const now = position === 0 ? ((await this.logs.find(appId)) ?? log) : log;
    return { position, epoch: now.epoch, state: now.state };
  }

  async read(appId: string, range: Range): Promise<Answer> {
    for (let look = 1; look <= LOOKS; look++) {
      const answer = await this.look(appId, range);
      if (answer) return answer;
    }
    throw lostText(appId, range.from);
  }

  async readStream(appId: string, stream: string, fromVersion: number): Promise<StoredEvent[]> {
    for (let look = 1; look <= LOOKS; look++) {
      const log = await this.logs.find(appId);
      if (!log || log.state === 'purged') return [];
      const found = await this.commits.ofStream(appId, stream, fromVersion);
      const documents = found.sort((a, b) => a.first - b.first).flatMap(({ events }) => events);
      const events = await Promise.all(documents.map((document) => this.texts.toEvent(document)));
      if (events.every((event) => event !== undefined)) return events;
    }
    throw lostText(appId, 0);
  }

  /** Documents that lie in one block tell their bytes by the index alone; those on a block's border are asked for the sizes of their events. */
  async blockSizes(appId: string, to: number): Promise<number[]> {
    const log = await this.logs.find(appId);
    const last = Math.min(to, log ? await this.heads.of(log) : 0);
    if (last < 1) return [];
    const sizes = new Array<number>(blockOf(last) + 1).fill(0);
    const onBorder: number[] = [];
    for await (const extent of this.commits.extents(appId, 1, last)) {
      if (extent.last <= last && blockOf(extent.first) === blockOf(extent.last)) sizes[blockOf(extent.first)]! += extent.bytes;
      else onBorder.push(extent.last);
    }
    for (let i = 0; i < onBorder.length; i += BLOCK) {
      for await (const { position, size } of this.commits.sizes(appId, onBorder.slice(i, i + BLOCK))) {
        if (position <= last) sizes[blockOf(position)]! += size;
      }
    }
    return sizes;
  }

  async countTypes(appId: string, { from, to, kinds }: { from: number; to: number; kinds: readonly string[] }): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const log = await this.logs.find(appId);
    if (!log || log.state === 'purged') return counts;
    for await (const type of this.commits.types(appId, from, Math.min(to, await this.heads.of(log)), kinds)) counts.set(type, (counts.get(type) ?? 0) + 1);
    return counts;
  }

  /** Everything that is stored between two positions, whether or not something is missing. */
  async *between(appId: string, first: number, last: number): AsyncGenerator<StoredEvent> {
    for await (const { events } of this.commits.overlapping(appId, first, last)) {
      for (const document of events) {
        const event = await this.texts.toEvent(document);
        if (event) yield event;
      }
    }
  }

  /** Undefined when nothing can be answered because the text of the first event is gone: it is being erased. */
  private async look(appId: string, { from, to: wantedTo, limit, kinds }: Range): Promise<Answer | undefined> {
    const nothing = { events: [], end: from - 1 };
    const log = await this.logs.find(appId);
    if (!log || log.state === 'purged' || limit <= 0) return nothing;
    const bound = kinds && log.state === 'importing' ? await this.heads.of(log) : Number.MAX_SAFE_INTEGER;
    const to = Math.min(wantedTo, bound, kinds ? Number.MAX_SAFE_INTEGER : from + limit - 1);

    const answer = new GrowingAnswer(from, limit, kinds);
    for await (const document of this.commits.overlapping(appId, from, to, kinds)) {
      if (document.first > answer.end + 1 || isLate(log, document)) break;
      for (const event of document.events) {
        if (!answer.wants(event, to)) continue;
        if (answer.isFullFor(event)) return answer.until(event.position - 1);
        const text = event.pieces ? await this.texts.toEvent(event) : inlineEvent(event);
        if (!text) return answer.events.length > 0 ? answer.until(event.position - 1) : undefined;
        answer.add(text, event.size);
        if (answer.isComplete) return answer.until(event.position);
      }
      answer.end = Math.min(document.last, to);
      if (answer.end === to || (answer.isMostlyFull && answer.end % BLOCK === 0)) break;
    }
    return answer.until(answer.end);
  }
}

class GrowingAnswer {
  readonly events: StoredEvent[] = [];
  /** Up to where documents were gone through. */
  end: number;
  private left = MAX_BYTES;

  constructor(
    private readonly from: number,
    private readonly limit: number,
    private readonly kinds: readonly string[] | undefined,
  ) {
    this.end = from - 1;
  }

  wants({ position, kind }: EventDocument, to: number): boolean {
    return position >= this.from && position <= to && (this.kinds === undefined || this.kinds.includes(kind));
  }

  isFullFor({ size }: EventDocument): boolean {
    return this.events.length > 0 && size > this.left;
  }

  /** Of an answer for some kinds: another query would bring more than it lacks, all of which the next answer would fetch again. */
  get isMostlyFull(): boolean {
    return this.kinds !== undefined && this.events.length * 2 >= this.limit;
  }

  get isComplete(): boolean {
    return this.events.length === this.limit;
  }

  add(event: StoredEvent, size: number): void {
    this.events.push(event);
    this.left -= size;
  }

  until(end: number): Answer {
    return { events: this.events, end };
  }
}

function lostText(appId: string, position: number): RepriseError {
  const where = position > 0 ? ` at position ${position} or behind` : '';
  return new RepriseError(
    'corrupt',
    'log.text-missing',
    `The log of app ${appId} lacks the text of a large event${where}. The database is damaged: restore it.`,
  );
}
