import { beforeEach, describe, expect, it } from 'vitest';
import { Projector } from './projector.js';
import { note, noteProjection } from './spec/notes.js';
import type { NoteState } from './spec/notes.js';
import { SmallLog } from './spec/small-log.js';
import { SmallStore } from './spec/small-store.js';

let log: SmallLog;
let store: SmallStore;
beforeEach(() => {
  log = new SmallLog();
  store = new SmallStore();
});

const projector = (batchSize?: number) =>
  new Projector({ model: 'notes', projections: [noteProjection], reader: log, store, ...(batchSize ? { batchSize } : {}) });
/** As it is, but no sooner than in 30 ms. */
const busy =
  <Args extends unknown[], Result>(work: (...args: Args) => Result) =>
  (...args: Args): Result => {
    const until = performance.now() + 30;
    while (performance.now() < until);
    return work(...args);
  };
const lines = async (id: string) => (await projector().state<NoteState>('a1', 'note', id))?.lines;

describe('catching up', () => {
  it('shows all that the log holds, and reads nothing when nothing is new', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'), note('n2', 2, 0, 'NoteCreated', 'two'), note('n1', 3, 1, 'LineAdded', 'more'));
    expect(await projector().catchUp('a1')).toBe(3);
    expect(await lines('n1')).toEqual(['one', 'more']);
    expect(await projector().catchUp('a1')).toBe(3);
    expect(log.reads).toHaveLength(1);
  });

  it('counts every event of the stream in the version, but only those with an effect as a change', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated'), note('n1', 2, 1, 'SomethingElse'));
    await projector().catchUp('a1');
    expect(await projector().state('a1', 'note', 'n1')).toMatchObject({ version: 1, lastModified: '2024-01-01T00:00:01Z' });
  });

  it('goes on from where the model stands, with the rows that are there', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    await projector().catchUp('a1');
    log.events.push(note('n1', 2, 1, 'LineAdded', 'two'));
    expect(await projector().catchUp('a1')).toBe(2);
    expect(await lines('n1')).toEqual(['one', 'two']);
  });

  it('is shared by all who come before it has begun, and seen by those who come later', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    const one = projector();
    const first = Promise.all([one.catchUp('a1'), one.catchUp('a1'), one.catchUp('a1')]);
    log.events.push(note('n1', 2, 1, 'LineAdded', 'two'));
    await first;
    expect(await one.catchUp('a1')).toBe(2);
    expect(store.batches.flatMap(({ rows }) => rows).at(-1)?.version).toBe(1);
  });

  it('goes on with large objects too, which it keeps no longer than it must', async () => {
    const large = 'x'.repeat(600_000);
    log.events.push(note('n1', 1, 0, 'NoteCreated', large), note('n1', 2, 1, 'LineAdded', large), note('n2', 3, 0, 'NoteCreated', 'small'));
    log.events.push(note('n1', 4, 2, 'LineAdded', 'more'), note('n1', 5, 3, 'LineAdded', 'last'));
    expect(await projector(2).catchUp('a1')).toBe(5);
    expect(await lines('n1')).toEqual([large, large, 'more', 'last']);
    expect(await lines('n2')).toEqual(['small']);
  });

  it('lets others have their turn while the events of an object take long', async () => {
    log.events.push(...Array.from({ length: 11 }, (_, i) => note('n1', i + 1, i, i === 0 ? 'NoteCreated' : 'LineAdded', String(i))));
    const slow: typeof noteProjection = {
      ...noteProjection,
      row: (state) => noteProjection.row(state),
      reducers: new Map(
        [...noteProjection.reducers].map(([type, reducer]) => [type, 'change' in reducer ? { ...reducer, change: busy(reducer.change) } : reducer]),
      ),
    };
    let turns = 0;
    const others = setInterval(() => turns++);
    await new Projector({ model: 'notes', projections: [slow], reader: log, store }).catchUp('a1');
    clearInterval(others);
    expect(turns).toBeGreaterThan(3);
    expect(await lines('n1')).toHaveLength(11);
  });

  it('leaves a log alone that a restore still fills', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated'));
    log.state = 'importing';
    expect(await projector().catchUp('a1')).toBe(0);
    expect(log.reads).toEqual([]);
  });

  it('passes over events of objects that never were, and makes a deleted one anew', async () => {
    log.events.push(
      note('gone', 1, 0, 'NoteDeleted'),
      note('n1', 2, 0, 'NoteCreated', 'old'),
      note('n1', 3, 1, 'NoteDeleted'),
      note('n1', 4, 2, 'NoteCreated', 'new'),
    );
    await projector().catchUp('a1');
    expect([...store.rows.keys()]).toEqual(['note n1']);
    expect(await projector().state('a1', 'note', 'n1')).toMatchObject({ lines: ['new'], isDeleted: false, version: 2, created: '2024-01-01T00:00:04Z' });
  });

  it('begins again when another replica was quicker, and applies no event twice', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'), note('n1', 2, 1, 'LineAdded', 'two'), note('n1', 3, 2, 'LineAdded', 'three'));
    const other = new SmallStore();
    await new Projector({ model: 'notes', projections: [noteProjection], reader: log, store: other }).rebuild('a1', 2);
    store.beforeApply = () => {
      store.beforeApply = undefined;
      store.applied = other.applied;
      for (const [key, row] of other.rows) store.rows.set(key, row);
    };
    expect(await projector(1).catchUp('a1')).toBe(3);
    expect(await lines('n1')).toEqual(['one', 'two', 'three']);
  });
});

describe('a rebuild', () => {
  it('works while a restore holds the log, in batches, without reading back its own rows', async () => {
    log.state = 'importing';
    log.events.push(...Array.from({ length: 10 }, (_, index) => note('n1', index + 1, index, index === 0 ? 'NoteCreated' : 'LineAdded', String(index))));
    const progress: number[] = [];
    expect(await projector(3).rebuild('a1', 10, (position) => void progress.push(position))).toBe(10);
    expect(progress).toEqual([3, 6, 9, 10]);
    expect(store.loads).toEqual([]);
    expect((await lines('n1'))?.join('')).toBe('0123456789');
  });

  it('that stopped half way goes on, and done again changes nothing', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'), note('n1', 2, 1, 'LineAdded', 'two'));
    await projector().rebuild('a1', 1);
    await projector().rebuild('a1', 2);
    await projector().rebuild('a1', 2);
    expect(await lines('n1')).toEqual(['one', 'two']);
    expect(store.batches).toHaveLength(2);
  });

  it('says that events are missing rather than show half an app', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated'));
    await expect(projector().rebuild('a1', 5)).rejects.toMatchObject({ kind: 'corrupt', code: 'read-models.log-too-short' });
  });
});
