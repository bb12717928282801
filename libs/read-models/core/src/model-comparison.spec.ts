import { newEvent } from '@reprise/event-store-core';
import type { EventLogReader, StoredEvent } from '@reprise/event-store-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Projector } from './projector.js';
import { ReadModelStore, type AppliedBatch, type ReadQuery, type ReadRow } from './read-model-store.js';
import { noteProjection } from './spec/notes.js';
import { SmallLog } from './spec/small-log.js';
import { SmallStore } from './spec/small-store.js';

const [LIVE, SHADOW] = ['11111111-live', '22222222-shadow'];

/** One of each for the app and for its shadow. */
class TwoStores extends ReadModelStore {
  readonly apps = new Map([LIVE, SHADOW].map((id) => [id, new SmallStore()]));
  position = (appId: string) => this.apps.get(appId)!.position();
  load = (appId: string, kind: string, ids: readonly string[]) => this.apps.get(appId)!.load(appId, kind, ids);
  apply = (appId: string, model: string, batch: AppliedBatch) => this.apps.get(appId)!.apply(appId, model, batch);
  find = (appId: string, kind: string, query: ReadQuery) => this.apps.get(appId)!.find(appId, kind, query);
  scan = (appId: string, kind: string, page: { after?: string; limit: number }) => this.apps.get(appId)!.scan(appId, kind, page);
  count = () => Promise.resolve({});
  discard = (appId: string) => this.apps.get(appId)!.discard();
}

const logs = new Map([LIVE, SHADOW].map((id) => [id, new SmallLog()]));
const reader = {
  head: (appId: string) => logs.get(appId)!.head(),
  read: (appId: string, range: Parameters<EventLogReader['read']>[1]) => logs.get(appId)!.read(appId, range),
  readStream: (appId: string, stream: string) => logs.get(appId)!.readStream(appId, stream),
  blockSizes: () => Promise.resolve([]),
  countTypes: () => Promise.resolve(new Map()),
} satisfies EventLogReader;

let store: TwoStores;
let projector: Projector;
beforeEach(() => {
  for (const log of logs.values()) log.events.length = 0;
  store = new TwoStores();
  projector = new Projector({ model: 'notes', projections: [noteProjection], reader, store });
});

/** An event of both logs, or of the live one alone. */
function happened(id: string, type: string, line = '', apps = [LIVE, SHADOW]): void {
  for (const appId of apps) {
    const { events } = logs.get(appId)!;
    const version = events.filter(({ stream }) => stream === `note-${appId}--${id}`).length;
    const position = events.length + 1;
    const parts = { app: { id: appId, name: 'shop' }, actor: 'client:a', eventId: 'e', commitId: 'c', aggregateId: id };
    const event = newEvent({ type, payload: { line }, ...parts, timestamp: new Date(Date.UTC(2024, 0, 1, 0, 0, position)) });
    events.push({ ...event, stream: `note-${appId}--${id}`, position, version } satisfies StoredEvent);
  }
}

/** The live app as it is at work, the shadow as a restore builds it. */
async function compare() {
  const to = logs.get(SHADOW)!.events.length;
  await projector.rebuild(SHADOW, to);
  return projector.compare({ live: LIVE, shadow: SHADOW, to });
}
const rowsOf = (appId: string) => store.apps.get(appId)!.rows;
const change = (row: ReadRow, parts: Partial<ReadRow>) => rowsOf(LIVE).set(`note ${row.id}`, { ...row, ...parts });

describe('comparing an app with a restore of its archive', () => {
  it('finds nothing where all is as it was, and says how much it compared', async () => {
    for (let i = 0; i < 1_203; i++) happened(`n${i}`, 'NoteCreated', `line ${i}`);
    happened('n7', 'NoteDeleted');
    expect(await compare()).toEqual({ rows: 1_203, folds: 0, differences: [], moreDifferences: 0 });
  });

  it('compares with the log what has changed since, and lets alone what came since', async () => {
    happened('a', 'NoteCreated', 'a');
    happened('b', 'NoteCreated', 'b');
    happened('a', 'LineAdded', 'later', [LIVE]);
    happened('c', 'NoteCreated', 'new', [LIVE]);
    expect(await compare()).toMatchObject({ rows: 1, folds: 1, differences: [] });
  });

  it('names a live row that is not what the archive leads to, and the fields', async () => {
    happened('a', 'NoteCreated', 'a');
    happened('b', 'NoteCreated', 'b');
    await projector.catchUp(LIVE);
    const row = rowsOf(LIVE).get('note a')!;
    change(row, { state: row.state.replace('"a"]', '"x"]') });
    expect((await compare()).differences).toEqual(['note a: the live row differs from what the archive leads to in lines.']);
    change(row, { visible: false });
    expect((await compare()).differences).toEqual(['note a: the live row differs from what the archive leads to in visible.']);
    change(row, { state: '{' });
    expect((await compare()).differences).toEqual([expect.stringMatching(/^note a: the live row differs .* in state, /)]);
  });

  it('names an archived event that is not the one of the log, whether its object has changed since or not', async () => {
    happened('a', 'NoteCreated', 'a', [LIVE]);
    happened('b', 'NoteCreated', 'b', [LIVE]);
    happened('a', 'NoteCreated', 'forged', [SHADOW]);
    happened('b', 'NoteCreated', 'forged', [SHADOW]);
    happened('b', 'LineAdded', 'later', [LIVE]);
    expect((await compare()).differences).toEqual([
      'note a: the live row differs from what the archive leads to in lines, name.',
      'note b: what the log leads to differs from what the archive leads to in lines, name.',
    ]);
  });

  it('names what the archive lacks, what the live model lacks, and what it should not have', async () => {
    happened('a', 'NoteCreated', 'a', [LIVE]);
    happened('b', 'NoteCreated', 'b', [LIVE]);
    happened('b', 'NoteCreated', 'b', [SHADOW]);
    happened('c', 'NoteCreated', 'c', [SHADOW]);
    await projector.catchUp(LIVE);
    rowsOf(LIVE).delete('note b');
    const shifted = (await compare()).differences;
    expect(shifted).toContain('note a: it was there at the cut, but the archive lacks it.');
    expect(shifted).toContain('note b: it is in the archive and in the log, but not in the live model.');
    expect(shifted).toContain('note c: it is in the archive, but the log has never made it.');
  });

  it('names a live row that is behind the log', async () => {
    happened('a', 'NoteCreated', 'a');
    await projector.catchUp(LIVE);
    const behind = rowsOf(LIVE).get('note a')!;
    happened('a', 'LineAdded', 'more');
    await projector.catchUp(LIVE);
    rowsOf(LIVE).set('note a', behind);
    expect((await compare()).differences).toEqual(['note a: the live row shows version 0 only, the archive 1.']);
  });

  it('lists so many differences and counts the others', async () => {
    for (let i = 0; i < 130; i++) happened(`n${i}`, 'NoteCreated', 'x', [LIVE]);
    for (let i = 0; i < 130; i++) happened(`n${i}`, 'NoteCreated', 'y', [SHADOW]);
    const { differences, moreDifferences } = await compare();
    expect([differences.length, moreDifferences]).toEqual([100, 30]);
  });
});
