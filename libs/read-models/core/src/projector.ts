import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityState } from '@reprise/contracts';
import { kindOfStream, recordEvent, upcastersByType } from '@reprise/event-store-core';
import type { EventLogReader, StoredEvent, Upcaster } from '@reprise/event-store-core';
import { collectGarbage, RepriseError } from '@reprise/kernel';
import { KeyedLock } from './keyed-lock.js';
import { applyEvent, entityIdOfStream } from './projection.js';
import { ModelComparison, type ComparedApps, type Comparison } from './model-comparison.js';
import type { Projection } from './projection.js';
import type { ReadModelStore, ReadQuery, ReadRow } from './read-model-store.js';

const BATCH = 1_000;
/** Characters of a state or a page of events: beyond it what they are turned into is no longer small beside the program itself. */
const LARGE = 1024 * 1024;
/** Milliseconds after which others get their turn: an object that grew large takes long for each of its events. */
const TURN_MS = 50;
/** All models of the process take turns at large pages: each takes many times its size, however short the time. */
const largePages = new KeyedLock();

type Page = Awaited<ReturnType<EventLogReader['read']>>;

/** What streams led to; undefined for one whose object doesn't exist (yet). */
type States = Map<string, EntityState | undefined>;

export interface ProjectorParts {
  /** Name of the read model, one for each service: `contents`, `assets`, … */
  model: string;
  projections: readonly Projection<EntityState>[];
  reader: EventLogReader;
  store: ReadModelStore;
  upcasters?: readonly Upcaster[];
  /** Events read and applied at once; tests make it small. */
  batchSize?: number;
}

/**
 * Keeps one read model up with the log, app by app. Nothing in here trusts a message: what to do follows from the applied position
 * and the head alone, so lost, doubled and late hints change nothing.
 */
export class Projector {
  readonly model: string;
  private readonly projections: ReadonlyMap<string, Projection<EntityState>>;
  private readonly kinds: readonly string[];
  private readonly upcasters: ReturnType<typeof upcastersByType>;
  private readonly reader: EventLogReader;
  private readonly store: ReadModelStore;
  private readonly batchSize: number;
  private readonly lock = new KeyedLock();
  /** Catch-ups that wait for their turn and so haven't read the head yet: whoever comes meanwhile shares them. */
  private readonly waiting = new Map<string, Promise<number>>();

  constructor(parts: ProjectorParts) {
    this.model = parts.model;
    this.projections = new Map(parts.projections.map((projection) => [projection.kind, projection]));
    this.kinds = [...this.projections.keys()];
    this.upcasters = upcastersByType(parts.upcasters ?? []);
    this.reader = parts.reader;
    this.store = parts.store;
    this.batchSize = parts.batchSize ?? BATCH;
  }

  /**
   * Applies what the log has and the model doesn't show, and answers the applied position. Everything acknowledged before the call
   * is shown afterwards. A log that a restore fills, or that was purged, is left alone.
   */
  catchUp(appId: string): Promise<number> {
    const shared = this.waiting.get(appId);
    if (shared) return shared;
    const turn = this.lock.run(appId, async () => {
      this.waiting.delete(appId);
      const head = await this.reader.head(appId);
      const position = await this.store.position(appId, this.model);
      return head.state === 'open' && head.position > position ? this.advance(appId, position, head.position) : position;
    });
    this.waiting.set(appId, turn);
    return turn;
  }

  /** Builds the model up to position `to`, also while a restore holds the log. Goes on where an earlier attempt stopped. */
  rebuild(appId: string, to: number, onProgress?: (position: number) => void | Promise<void>): Promise<number> {
    return this.lock.run(appId, async () => this.advance(appId, await this.store.position(appId, this.model), to, onProgress));
  }

  /** As stored, deleted objects too. Call {@link catchUp} first where the answer must show what was acknowledged. */
  async state<State extends EntityState>(appId: string, kind: string, id: string): Promise<State | undefined> {
    const row = (await this.store.load(appId, kind, [id])).get(id);
    return row && parseState<State>(row);
  }

  /** Visible objects only. */
  async find<State extends EntityState>(appId: string, kind: string, query: ReadQuery): Promise<{ total: number; items: State[] }> {
    const { total, rows } = await this.store.find(appId, kind, query);
    return { total, items: rows.map((row) => parseState<State>(row)) };
  }

  /** The first visible object that fits. */
  async findFirst<State extends EntityState>(appId: string, kind: string, query: Omit<ReadQuery, 'skip' | 'take'>): Promise<State | undefined> {
    return (await this.find<State>(appId, kind, { ...query, skip: 0, take: 1 })).items[0];
  }

  count(appId: string): ReturnType<ReadModelStore['count']> {
    return this.store.count(appId, this.model);
  }

  /** Compares an app with another that an archive of it was restored into; see {@link ModelComparison}. */
  async compare(apps: ComparedApps, alive?: () => Promise<void>): Promise<Comparison> {
    await this.catchUp(apps.live);
    const { projections, upcasters, reader, store } = this;
    return new ModelComparison({ projections, upcasters, reader, store }, apps).run(alive);
  }

  /** Waits for what runs, then removes the app from the model for good. */
  discard(appId: string): Promise<void> {
    return this.lock.run(appId, () => this.store.discard(appId, this.model));
  }

  private async advance(appId: string, from: number, to: number, onProgress?: (position: number) => void | Promise<void>): Promise<number> {
    // What the last batch led to: streams go on in the next one, and needn't be read back. Keeping more would cost more memory than it saves work.
    let known: States = new Map();
    const read = (after: number) => this.reader.read(appId, { from: after + 1, to, limit: this.batchSize, kinds: this.kinds });
    let position = from;
    let ahead: Promise<Page> | undefined;
    while (position < to) {
      const page = await (ahead ?? read(position));
      const { end } = page;
      if (end <= position) {
        throw new RepriseError(
          'corrupt',
          'read-models.log-too-short',
          `The log ends at position ${position}, but ${to} events are expected. Restore or repair it first.`,
        );
      }
      const large = isLarge(page);
      const begun = () => {
        // The next events are read while these are applied, but not beside large ones. Should applying fail, nobody asks for them.
        ahead = end < to && !large ? read(end) : undefined;
        ahead?.catch(() => undefined);
      };
      const apply = () => this.applyPage(appId, position, page, known, begun);
      const { states, applied } = await (large ? largePages.run('', apply) : apply());
      if (applied) {
        known = states;
        position = end;
        await onProgress?.(position);
      } else {
        // Another replica was quicker: what is known may be behind the rows now.
        known = new Map();
        ahead = undefined;
        position = await this.store.position(appId, this.model);
      }
      collectGarbage();
      await nextTurn();
    }
    return position;
  }

  private async applyPage(appId: string, from: number, { events, end }: Page, known: States, begun: () => void): Promise<{ states: States; applied: boolean }> {
    const states = await this.statesBefore(appId, events, known);
    const applying = this.store.apply(appId, this.model, { from, to: end, rows: await this.reduce(events, states) });
    // Nobody needs them any more, and large ones should go while their rows are written.
    events.length = 0;
    begun();
    return { states, applied: await applying };
  }

  /** The rows that the events change. Leaves in `states` what they led to, but for large ones, which are read again when they are needed. */
  private async reduce(events: readonly StoredEvent[], states: States): Promise<ReadRow[]> {
    const changed = new Set<string>();
    let turn = performance.now();
    for (const event of events) {
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
      const projection = this.projections.get(kindOfStream(event.stream));
      const before = states.get(event.stream);
      if (!projection || (before && before.version >= event.version)) continue;
      const after = applyEvent(projection, before, recordEvent(event, this.upcasters));
      if (after && after !== before) {
        states.set(event.stream, after);
        changed.add(event.stream);
      }
    }
    const rows: ReadRow[] = [];
    for (const stream of changed) {
      const state = states.get(stream)!;
      const projection = this.projections.get(kindOfStream(stream))!;
      const text = JSON.stringify(state);
      rows.push({ kind: projection.kind, id: state.id, version: state.version, ...projection.row(state), state: text });
      if (text.length > LARGE) states.delete(stream);
    }
    return rows;
  }

  /** The states of all streams that the events belong to. A stream that begins here has none, which spares most look-ups of a rebuild. */
  private async statesBefore(appId: string, events: readonly StoredEvent[], known: States): Promise<States> {
    const states: States = new Map();
    const wanted = new Map<string, Map<string, string>>();
    for (const { stream, version } of events) {
      if (states.has(stream)) continue;
      states.set(stream, known.get(stream));
      if (known.has(stream) || version === 0) continue;
      const kind = kindOfStream(stream);
      const ids = wanted.get(kind) ?? new Map<string, string>();
      wanted.set(kind, ids.set(entityIdOfStream(stream), stream));
    }
    for (const [kind, ids] of wanted) {
      for (const [id, row] of await this.store.load(appId, kind, [...ids.keys()])) {
        const stream = ids.get(id);
        if (stream !== undefined) states.set(stream, parseState(row));
      }
    }
    return states;
  }
}

function isLarge({ events }: Page): boolean {
  let characters = 0;
  return events.some(({ payload, headers }) => (characters += payload.length + headers.length) > LARGE);
}

function parseState<State extends EntityState>(row: ReadRow): State {
  return JSON.parse(row.state) as State;
}
