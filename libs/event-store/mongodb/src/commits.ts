import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { BLOCK, blockOf } from '@reprise/event-store-core';
import { eachOf, isDuplicate, isUnknownOutcome, storing, type mongo, type MongoDatabase } from '@reprise/mongodb';
import { COMMITS, keysOf, partsOf, type CommitDocument, type EventDocument } from './documents.js';

const DELETED_AT_ONCE = 100;
/** Blocks that one query looks through at most. */
const MOST_BLOCKS = 8;
/** From as few events on it costs less to pick them out of their documents than to get these whole. */
const FEW = 100;

/** Where a document's events lie. */
export type Extent = Pick<CommitDocument, 'first' | 'last' | 'bytes' | 'imported'>;
/** A document with the events that were asked for. */
export type Part<Event = EventDocument> = Pick<CommitDocument, 'first' | 'last' | 'imported'> & { events: Event[] };
/** A document with the events of one stream. */
export type Holding = Pick<CommitDocument, '_id' | 'revision' | 'first' | 'events'>;
type Session = mongo.ClientSession | undefined;

/** The documents that hold events. */
export class Commits {
  readonly documents: mongo.Collection<CommitDocument>;

  constructor(database: MongoDatabase) {
    this.documents = database.collection<CommitDocument>(COMMITS);
  }

  /**
   * False when one of its positions, stream versions or commit keys is taken. A write whose answer was lost is looked for before anything is said about it;
   * should it come in later still, nothing that was written instead can stand beside it.
   */
  async insert(document: CommitDocument, session?: Session): Promise<boolean> {
    const options = session ? { session } : {};
    return storing(async () => {
      try {
        await this.documents.insertOne(document, options);
        return true;
      } catch (error) {
        if (!isDuplicate(error) && !isUnknownOutcome(error)) throw error;
        // The driver may have sent it twice.
        return (await this.documents.findOne({ _id: document._id }, { ...options, projection: { _id: 1 } })) !== null;
      }
    });
  }

  async takenKeys(app: string, keys: readonly string[], session: Session): Promise<Set<string>> {
    const wanted = [...new Set(keys)];
    const found = await storing(() =>
      this.documents
        .aggregate<{ events: { key: string }[] }>(
          [
            { $match: { app, 'events.key': { $in: wanted } } },
            {
              $project: {
                events: { $map: { input: { $filter: { input: '$events', as: 'e', cond: { $in: ['$$e.key', wanted] } } }, as: 'e', in: { key: '$$e.key' } } },
              },
            },
          ],
          session ? { session } : {},
        )
        .toArray(),
    );
    return new Set(found.flatMap(({ events }) => events.map(({ key }) => key)));
  }

  async results(app: string, commitKeys: readonly string[], session: Session): Promise<Map<string, AppendResult>> {
    const options = { projection: { commits: 1 }, ...(session ? { session } : {}) };
    const found = await storing(() => this.documents.find({ app, 'commits.key': { $in: [...commitKeys] } }, options).toArray());
    return new Map(found.flatMap(({ commits }) => commits.map(({ key, from, to, version }) => [key, { from: from!, to: to!, version: version! }] as const)));
  }

  /** Whether an event of these kinds came after the position. */
  async anySince(app: string, { position, kinds }: NonNullable<AppendCommand['condition']>, session: Session): Promise<boolean> {
    const since = { app, last: { $gt: position }, events: { $elemMatch: { position: { $gt: position }, kind: { $in: kinds } } } };
    return (await storing(() => this.documents.findOne(since, { projection: { _id: 1 }, ...(session ? { session } : {}) }))) !== null;
  }

  /** The last position of each kind of events that came after the position. */
  async latestOfKinds(app: string, position: number, session: Session): Promise<Map<string, number>> {
    const options = { projection: { 'events.position': 1, 'events.kind': 1 }, ...(session ? { session } : {}) };
    const found = await storing(() => this.documents.find({ app, last: { $gt: position } }, options).toArray());
    const latest = new Map<string, number>();
    for (const { events } of found) for (const event of events) latest.set(event.kind, Math.max(latest.get(event.kind) ?? 0, event.position));
    return latest;
  }

  /** In order, from the one that holds the position or lies behind it. */
  extents(app: string, from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Extent> {
    const projection = { _id: 0, first: 1, last: 1, bytes: 1, imported: 1 };
    const range = { app, last: { $gte: from }, ...(to === Number.MAX_SAFE_INTEGER ? {} : { first: { $lte: to } }) };
    return eachOf(this.documents.find<Extent>(range, { projection, sort: { app: 1, last: 1 } }));
  }

  /** The last one that ends at the position or behind it. */
  async lastExtent(app: string, from: number, before: number, session: Session): Promise<Extent | undefined> {
    const projection = { _id: 0, first: 1, last: 1, bytes: 1, imported: 1 };
    const options = { projection, sort: { app: -1, last: -1 } as const, ...(session ? { session } : {}) };
    return (await storing(() => this.documents.findOne({ app, last: { $gte: from, $lt: before } }, options))) ?? undefined;
  }

  /** The sizes of the events of documents, which are named by where they end. */
  async *sizes(app: string, lasts: readonly number[]): AsyncGenerator<Pick<EventDocument, 'position' | 'size'>> {
    const projection = { 'events.position': 1, 'events.size': 1 };
    const documents = this.documents.find({ app, last: { $in: [...lasts] } }, { projection });
    for await (const { events } of eachOf(documents)) yield* events;
  }

  /**
   * Those that hold positions of a range, in order; where kinds are named or the range is short, with these events alone. Ends at the first
   * window that holds nothing.
   */
  overlapping(app: string, from: number, to: number, kinds?: readonly string[]): AsyncGenerator<Part> {
    return this.windows(app, from, to, (events) => (kinds || events < FEW ? picked(from, to, kinds) : undefined));
  }

  /**
   * Each query has bounds on both sides: without, some servers would sort all that lies behind. Windows begin small (`first` blocks), for most readers have
   * enough soon and what a query has found beyond that is thrown away; they end with a block, as imported documents do. `pick`: what is wanted of the
   * events of documents in so long a window, all if undefined.
   */
  private async *windows<Event = EventDocument>(app: string, from: number, to: number, pick: (events: number) => mongo.Document | undefined, first = 1) {
    for (let start = from, blocks = first; start <= to; blocks = Math.min(2 * blocks, MOST_BLOCKS)) {
      const end = Math.min(to, (blockOf(start) + blocks) * BLOCK);
      const events = pick(end - start);
      let last = start - 1;
      for await (const part of this.parts<Event>({ app, last: { $gte: start, $lte: end } }, events)) {
        yield part;
        last = part.last;
      }
      // One that goes on behind the window.
      if (last < end) {
        for await (const part of this.parts<Event>({ app, 'events.position': end }, events)) {
          yield part;
          last = part.last;
        }
      }
      if (last < start) return;
      start = Math.max(last, end) + 1;
    }
  }

  /** The types of the events at positions of a range, of these kinds; nothing else of them comes from the database. */
  async *types(app: string, from: number, to: number, kinds: readonly string[]): AsyncGenerator<string> {
    const pick = { $map: { input: picked(from, to, kinds), as: 'e', in: '$$e.type' } };
    for await (const { events } of this.windows<string>(app, from, to, () => pick, MOST_BLOCKS)) yield* events;
  }

  private async *parts<Event>(where: mongo.Filter<CommitDocument>, pick: mongo.Document | undefined): AsyncGenerator<Part<Event>> {
    const fields = { first: 1, last: 1, imported: 1, events: pick ?? 1 };
    const cursor = pick
      ? this.documents.aggregate<Part<Event>>([{ $match: where }, { $sort: { app: 1, last: 1 } }, { $project: fields }])
      : this.documents.find<Part<Event>>(where, { projection: fields, sort: { app: 1, last: 1 } });
    yield* eachOf(cursor);
  }

  /** Those that hold events of a stream from a version on, with these events alone. */
  async ofStream(app: string, stream: string, fromVersion: number): Promise<Holding[]> {
    const keys = keysOf(stream, fromVersion);
    const within = { $and: [{ $gte: ['$$e.key', keys.$gte] }, { $lt: ['$$e.key', keys.$lt] }] };
    const found = await storing(() =>
      this.documents
        .aggregate<Holding>([
          { $match: { app, events: { $elemMatch: { key: keys } } } },
          { $project: { revision: 1, first: 1, events: { $filter: { input: '$events', as: 'e', cond: within } } } },
        ])
        .toArray(),
    );
    // A stream's name may go on as if with a version of another's.
    const own = found.map((document) => ({ ...document, events: document.events.filter(({ key }) => partsOf(key).stream === stream) }));
    return own.filter(({ events }) => events.length > 0);
  }

  /** The owner of the pieces of the event with this key, if it has any. */
  async ownerAt(app: string, key: string): Promise<string | undefined> {
    const document = await storing(() => this.documents.findOne({ app, 'events.key': key }, { projection: { events: { $elemMatch: { key } } } }));
    return document?.events[0]?.pieces?.owner;
  }

  /** Changes events of a document, but only while nobody else has. */
  async change(id: string, revision: number, update: mongo.UpdateFilter<CommitDocument>): Promise<boolean> {
    const { matchedCount } = await storing(() => this.documents.updateOne({ _id: id, revision }, { ...update, $inc: { ...update.$inc, revision: 1 } }));
    return matchedCount > 0;
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await storing(() => this.documents.deleteMany({ _id: { $in: [...ids] } }));
  }

  /** All of an app, the oldest first: what is left has a gap before it, which readers stop at. */
  async removeAll(app: string): Promise<void> {
    for (;;) {
      const some = this.documents.find({ app }, { projection: { _id: 1 }, sort: { app: 1, last: 1 }, limit: DELETED_AT_ONCE });
      const ids = (await storing(() => some.toArray())).map(({ _id }) => _id);
      if (ids.length === 0) return;
      await this.remove(ids);
    }
  }
}

function picked(from: number, to: number, kinds: readonly string[] | undefined): mongo.Document {
  const conditions = [{ $gte: ['$$e.position', from] }, { $lte: ['$$e.position', to] }, ...(kinds ? [{ $in: ['$$e.kind', [...kinds]] }] : [])];
  return { $filter: { input: '$events', as: 'e', cond: { $and: conditions } } };
}

/** A document of events at consecutive positions. */
export function commitOf(id: string, app: string, events: EventDocument[], more: Pick<CommitDocument, 'commits' | 'imported'>): CommitDocument {
  const bytes = events.reduce((sum, { size }) => sum + size, 0);
  return { _id: id, app, first: events[0]!.position, last: events.at(-1)!.position, bytes, ...more, revision: 0, events };
}
