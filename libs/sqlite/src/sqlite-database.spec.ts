import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from './sqlite-database.js';

const notes = { name: 'notes', url: new URL('./spec/notes.procedures.js', import.meta.url).href };

describe('SqliteDatabase', () => {
  let folder: string;
  let file: string;
  let database: SqliteDatabase;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-sqlite-'));
    file = join(folder, 'deep', 'data.sqlite');
    database = await SqliteDatabase.open(file, [notes]);
  });

  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const ids = () => database.query<{ id: number }>('SELECT id FROM notes ORDER BY id').map((row) => row.id);

  it('answers a call with its result, and readers see it at once', async () => {
    expect(await database.call<number>('notes.add', { id: 1, text: 'a' })).toBe(1);
    expect(database.get('SELECT text FROM notes WHERE id = ?', [1])).toEqual({ text: 'a' });
    expect(database.get('SELECT text FROM notes WHERE id = :id', { id: 2 })).toBeUndefined();
  });

  it('keeps the order of calls within a group', async () => {
    const counts = await Promise.all(Array.from({ length: 2500 }, (_, i) => database.call<number>('notes.add', { id: i, text: 'a' })));
    expect(counts).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
  });

  it('takes back a call that throws, alone, and hands its error over', async () => {
    const results = await Promise.allSettled([
      database.call('notes.add', { id: 1, text: 'a' }),
      database.call('notes.addThenRefuse', { id: 2, text: 'b' }),
      database.call('notes.add', { id: 1, text: 'doubled' }),
      database.call('notes.add', { id: 3, text: 'c' }, { durable: false }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ kind: 'conflict', code: 'notes.refused', details: ['one', 'two'] });
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({ kind: 'internal' });
    expect(ids()).toEqual([1, 3]);
  });

  it('says so when the disk is full, stores nothing of that call and goes on', async () => {
    await expect(database.call('notes.fill', { from: 1, pages: 300 })).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.full' });
    expect(ids()).toEqual([]);
    await database.call('notes.add', { id: 1, text: 'a' });
    expect(ids()).toEqual([1]);
  });

  it('refuses a procedure that nobody has', async () => {
    await expect(database.call('notes.burn', {})).rejects.toMatchObject({ code: 'storage.no-procedure' });
  });

  it('shows several reads one state', async () => {
    await database.call('notes.add', { id: 1, text: 'a' });
    expect(database.snapshot(() => [ids(), ids()])).toEqual([[1], [1]]);
  });

  it('can not be written through the reader', () => {
    expect(() => database.query('DELETE FROM notes')).toThrow(expect.objectContaining({ code: 'storage.not-writable' }));
  });

  it('finishes what was called before it closes, refuses what comes later, and leaves one file', async () => {
    const added = Promise.all([1, 2, 3].map((id) => database.call('notes.add', { id, text: 'a' })));
    await database.close();
    expect(await added).toEqual([1, 2, 3]);
    await expect(database.call('notes.add', { id: 4, text: 'a' })).rejects.toMatchObject({ code: 'storage.closed' });
    expect(() => ids()).toThrow(expect.objectContaining({ code: 'storage.closed' }));
    expect(await readdir(join(folder, 'deep'))).toEqual(['data.sqlite']);
  });

  it('names a file that is no database', async () => {
    const broken = join(folder, 'broken.sqlite');
    await writeFile(broken, 'not a database, but long enough to be taken for the header of one that is damaged beyond all repair\n'.repeat(20));
    await expect(SqliteDatabase.open(broken, [notes])).rejects.toMatchObject({ kind: 'corrupt', code: 'storage.corrupt' });
  });

  it('loses nothing acknowledged when the process is killed, and opens by itself', async () => {
    const crashing = join(folder, 'crashing.sqlite');
    const program = fileURLToPath(new URL('./spec/writes-until-killed.js', import.meta.url));
    let acknowledged = 0;
    for (let round = 0; round < 2; round++) {
      const child = spawn(process.execPath, [program, crashing], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      const seen: number[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        seen.push(Number(line));
        if (seen.length === 500) child.kill('SIGKILL');
      }
      await closed;
      // What is printed last may be cut off; every whole line is an acknowledged note.
      seen.pop();
      const reopened = await SqliteDatabase.open(crashing, [notes]);
      try {
        const stored = new Set(reopened.query<{ id: number }>('SELECT id FROM notes').map((row) => row.id));
        expect(seen.filter((id) => !stored.has(id))).toEqual([]);
        expect(reopened.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
        expect(stored.size).toBeGreaterThan(acknowledged);
        acknowledged = stored.size;
      } finally {
        await reopened.close();
      }
    }
  });
});
