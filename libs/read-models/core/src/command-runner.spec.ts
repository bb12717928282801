import { RepriseError, SystemClock } from '@reprise/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { CommandRunner } from './command-runner.js';
import type { DecidedEvent, ObjectCommand } from './command-runner.js';
import { Projector } from './projector.js';
import { app, note, noteProjection } from './spec/notes.js';
import type { NoteState } from './spec/notes.js';
import { SmallLog } from './spec/small-log.js';
import { SmallStore } from './spec/small-store.js';

let log: SmallLog;
let beforeAppend: (() => void) | undefined;
let runner: CommandRunner;
let projector: Projector;
let store: SmallStore;
beforeEach(() => {
  log = new SmallLog();
  beforeAppend = undefined;
  projector = new Projector({ model: 'notes', projections: [noteProjection], reader: log, store: (store = new SmallStore()) });
  runner = newRunner();
});

function newRunner(): CommandRunner {
  return new CommandRunner({
    projector,
    reader: log,
    clock: new SystemClock(),
    append: async (command) => {
      beforeAppend?.();
      return log.append(command);
    },
  });
}

function command(
  decide: (state: NoteState | undefined) => readonly DecidedEvent[] | Promise<readonly DecidedEvent[]>,
  more: Partial<ObjectCommand<NoteState>> = {},
) {
  return { app, actor: 'client:b', kind: 'note', id: 'n1', decide, ...more };
}
const created = (line: string): DecidedEvent => ({ type: 'NoteCreated', payload: { line } });
const added = (line: string): DecidedEvent => ({ type: 'LineAdded', payload: { line } });
const createOnce = (line: string) => (state: NoteState | undefined) => {
  if (state) throw new RepriseError('conflict', 'notes.id-taken', 'The note exists.');
  return [created(line)];
};

describe('a command', () => {
  it('is decided on the current state and answers with its effect', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'theirs'));
    const { state, changed } = await runner.run(command((before) => [added(`after ${before!.lines[0]}`), added('end')]));
    expect(changed).toBe(true);
    expect(state).toMatchObject({ lines: ['theirs', 'after theirs', 'end'], version: 2, lastModifiedBy: 'client:b' });
  });

  it("writes Squidex's headers and closing members", async () => {
    await runner.run(command(() => [created('x')]));
    const { payload, headers, stream } = log.events[0]!;
    expect(stream).toBe('note-a1--n1');
    expect(JSON.parse(payload)).toEqual({ line: 'x', appId: 'a1,shop', actor: 'client:b', fromRule: false });
    expect(Object.keys(JSON.parse(headers))).toEqual(['EventId', 'Timestamp', 'AggregateId', 'CommitId']);
    expect(JSON.parse(headers)).toMatchObject({ AggregateId: 'a1--n1', Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) });
  });

  it('without an effect writes nothing', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    expect(await runner.run(command(() => []))).toMatchObject({ changed: false, state: { lines: ['one'] } });
    expect(log.events).toHaveLength(1);
  });

  it('passes on what the decision says against it', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    await expect(runner.run(command(createOnce('two')))).rejects.toMatchObject({ code: 'notes.id-taken' });
  });

  it('goes on behind events that made no object', async () => {
    log.events.push(note('n1', 1, 0, 'NoopEvent'));
    expect((await runner.run(command(createOnce('one')))).state).toMatchObject({ version: 1, lines: ['one'] });
  });
});

describe('a command that fails for want of room', () => {
  const full = () => {
    throw new RepriseError('unavailable', 'storage.full', 'No room.');
  };

  it('in the log did nothing', async () => {
    beforeAppend = full;
    await expect(runner.run(command(createOnce('one')))).rejects.toMatchObject({ code: 'storage.full' });
    expect(log.events).toEqual([]);
  });

  it('in the read model was written, and does not say that nothing was done', async () => {
    store.beforeApply = full;
    await expect(runner.run(command(createOnce('one')))).rejects.toMatchObject({ kind: 'unavailable', code: 'commands.outcome-unknown' });
    expect(log.events).toHaveLength(1);
  });
});

describe('a repeated key', () => {
  it('gives the first effect again instead of an error, also after a restart', async () => {
    const first = await runner.run(command(createOnce('one'), { key: 'k' }));
    expect(await newRunner().run(command(createOnce('one'), { key: 'k' }))).toEqual(first);
    expect(log.events).toHaveLength(1);
  });

  it('adds nothing twice, also when other commands came in between', async () => {
    await runner.run(command(createOnce('one')));
    await runner.run(command(() => [added('two')], { key: 'k' }));
    await runner.run(command(() => [added('three')]));
    expect((await runner.run(command(() => [added('two')], { key: 'k' }))).state.lines).toEqual(['one', 'two', 'three']);
  });

  it('on another object, or another key, is another command', async () => {
    await runner.run(command(createOnce('one'), { key: 'k' }));
    expect((await runner.run(command(createOnce('one'), { key: 'k', id: 'n2' }))).state.id).toBe('n2');
    await expect(runner.run(command(createOnce('one'), { key: 'other' }))).rejects.toMatchObject({ code: 'notes.id-taken' });
  });
});

describe('commands at the same moment', () => {
  it('to one object all take effect, one after the other', async () => {
    await runner.run(command(createOnce('start')));
    const all = Array.from({ length: 30 }, (_, index) => runner.run(command((state) => [added(`${index} after ${state!.version}`)])));
    await Promise.all(all);
    expect(new Set(log.events.map(({ version }) => version)).size).toBe(31);
    expect((await runner.run(command(() => []))).state.lines).toHaveLength(31);
  });

  it('are decided again when another replica was quicker', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    beforeAppend = () => {
      beforeAppend = undefined;
      log.events.push(note('n1', 2, 1, 'LineAdded', 'theirs'));
    };
    expect((await runner.run(command((state) => [added(`mine after ${state!.lines.at(-1)}`)]))).state.lines).toEqual(['one', 'theirs', 'mine after theirs']);
  });

  it('that rest on a common condition never both win', async () => {
    const unique = (id: string) =>
      command(
        async () => {
          if (await projector.findFirst('a1', 'note', { name: 'the name' })) throw new RepriseError('invalid', 'notes.name-taken', 'Taken.');
          return [created('the name')];
        },
        { id, condition: ['note'] },
      );
    const results = await Promise.allSettled(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'].map((id) => runner.run(unique(id))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.filter((result) => result.status === 'rejected').every(({ reason }) => reason.code === 'notes.name-taken')).toBe(true);
  });

  it('give up when they have lost five times', async () => {
    log.events.push(note('n1', 1, 0, 'NoteCreated', 'one'));
    beforeAppend = () => log.events.push(note('n1', log.events.length + 1, log.events.length, 'LineAdded', 'theirs'));
    await expect(runner.run(command(() => [added('mine')]))).rejects.toMatchObject({ kind: 'conflict', code: 'log.version-conflict' });
    expect(log.events).toHaveLength(6);
  });
});
