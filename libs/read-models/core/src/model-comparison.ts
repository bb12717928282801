import { isDeepStrictEqual } from 'node:util';
import type { EntityState } from '@reprise/contracts';
import { recordEvent, type EventLogReader, type upcastersByType } from '@reprise/event-store-core';
import { applyEvent, type Projection, streamOf } from './projection.js';
import type { ReadModelStore, ReadRow } from './read-model-store.js';

export interface ComparedApps {
  /** The app that everybody uses. Its model must show the log up to `to` at least. */
  live: string;
  /** The app that an archive of it was restored into, for this comparison alone. */
  shadow: string;
  /** Position of the live app's log that the archive shows it at. */
  to: number;
}

export interface Comparison {
  /** Objects that haven't changed since: compared with the live row, field by field. */
  rows: number;
  /** Objects that have changed or came back since: compared with a fold of the live log up to `to`. */
  folds: number;
  /** Each names an object and what differs; at most 100, `moreDifferences` counts the rest. */
  differences: string[];
  moreDifferences: number;
}

interface Parts {
  projections: ReadonlyMap<string, Projection<EntityState>>;
  upcasters: ReturnType<typeof upcastersByType>;
  reader: EventLogReader;
  store: ReadModelStore;
}

const PAGE = 500;
const MAX_DIFFERENCES = 100;
const LONGEST_ID = 100;

/**
 * Compares what an archive leads to with what the app is: every object of the shadow with its live one, and every live object that the
 * shadow lacks with the log. The live app may change meanwhile.
 */
export class ModelComparison {
  private readonly result: Comparison = { rows: 0, folds: 0, differences: [], moreDifferences: 0 };

  constructor(
    private readonly parts: Parts,
    private readonly apps: ComparedApps,
  ) {}

  /** `alive` is called for each page; throws to stop. */
  async run(alive: () => Promise<void> = async () => undefined): Promise<Comparison> {
    for (const projection of this.parts.projections.values()) {
      for await (const page of this.pages(this.apps.shadow, projection, alive)) await this.compareRestored(projection, page);
      for await (const page of this.pages(this.apps.live, projection, alive)) await this.findMissing(projection, page);
    }
    return this.result;
  }

  private async *pages(appId: string, { kind }: Projection<EntityState>, alive: () => Promise<void>): AsyncGenerator<ReadRow[]> {
    for (let after: string | undefined; ;) {
      await alive();
      const rows = await this.parts.store.scan(appId, kind, { ...(after === undefined ? {} : { after }), limit: PAGE });
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.id;
    }
  }

  private async compareRestored(projection: Projection<EntityState>, page: ReadRow[]): Promise<void> {
    const restored = page.map((row) => this.asLive(row));
    const live = await this.load(this.apps.live, projection, restored);
    for (const row of restored) {
      const current = live.get(row.id);
      if (current && current.version === row.version) {
        this.result.rows++;
        this.note(row, 'the live row', differencesOf(projection, current, row));
      } else if (current && current.version < row.version) {
        this.add(row, `the live row shows version ${current.version} only, the archive ${row.version}`);
      } else await this.compareWithLog(projection, row, current);
    }
  }

  private async compareWithLog(projection: Projection<EntityState>, row: ReadRow, current: ReadRow | undefined): Promise<void> {
    this.result.folds++;
    const folded = await this.fold(projection, row.id);
    if (!folded) return this.add(row, 'it is in the archive, but the log has never made it');
    if (!current) this.add(row, 'it is in the archive and in the log, but not in the live model');
    this.note(row, 'what the log leads to', differencesOf(projection, folded, row));
  }

  /** Live objects that the archive lacks must have come after the cut. */
  private async findMissing(projection: Projection<EntityState>, page: ReadRow[]): Promise<void> {
    const restored = await this.load(this.apps.shadow, projection, page);
    for (const row of page) {
      if (restored.has(row.id) || !(await this.fold(projection, row.id))) continue;
      this.result.folds++;
      this.add(row, 'it was there at the cut, but the archive lacks it');
    }
  }

  /** Rows by the id that they have in the live app. */
  private async load(appId: string, { kind }: Projection<EntityState>, rows: readonly ReadRow[]): Promise<Map<string, ReadRow>> {
    const { live } = this.apps;
    const found = await this.parts.store.load(
      appId,
      kind,
      rows.map(({ id }) => (id === live ? appId : id)),
    );
    return new Map([...found.values()].map((row) => [row.id === appId ? live : row.id, row]));
  }

  /** The object's row as the log up to the cut makes it; undefined if it doesn't. */
  private async fold(projection: Projection<EntityState>, id: string): Promise<ReadRow | undefined> {
    const { live, to } = this.apps;
    let state: EntityState | undefined;
    for (const event of await this.parts.reader.readStream(live, streamOf(live, projection.kind, id))) {
      if (event.position > to) break;
      state = applyEvent(projection, state, recordEvent(event, this.parts.upcasters));
    }
    return state && { kind: projection.kind, id, version: state.version, ...projection.row(state), state: JSON.stringify(state) };
  }

  /** The shadow's own id stands in its rows where the live app's stands in the others. Nothing else can hold it: it was made for this. */
  private asLive(row: ReadRow): ReadRow {
    return JSON.parse(JSON.stringify(row).replaceAll(this.apps.shadow, this.apps.live)) as ReadRow;
  }

  private note(row: ReadRow, other: string, fields: string[]): void {
    if (fields.length > 0) this.add(row, `${other} differs from what the archive leads to in ${fields.join(', ')}`);
  }

  private add({ kind, id }: ReadRow, what: string): void {
    const shown = id.length > LONGEST_ID ? `${id.slice(0, LONGEST_ID)}…` : id;
    if (this.result.differences.length < MAX_DIFFERENCES) this.result.differences.push(`${kind} ${shown}: ${what}.`);
    else this.result.moreDifferences++;
  }
}

/** Fields of the state, then of the row, that aren't equal. */
function differencesOf({ ofInstallation = [] }: Projection<EntityState>, a: ReadRow, b: ReadRow): string[] {
  const [{ state: stateA, ...rowA }, { state: stateB, ...rowB }] = [a, b];
  const states = unequal(parsed(stateA), parsed(stateB)).filter((field) => !ofInstallation.includes(field));
  return [...states, ...unequal(rowA, rowB).filter((field) => !states.includes(field))];
}

function unequal(a: object, b: object): string[] {
  const [left, right] = [a, b] as Record<string, unknown>[];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((field) => !isDeepStrictEqual(left![field], right![field]));
}

/** A row whose text was damaged still has to be named. */
function parsed(state: string): object {
  try {
    return JSON.parse(state) as object;
  } catch {
    return { state };
  }
}
