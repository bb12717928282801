import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { aCommand, anEvent, contentStream, eventLogContract, readAll } from '@reprise/event-store-testing';
import { SqliteDatabase } from '@reprise/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventLogTables, SqliteEventLog } from './sqlite-event-log.js';

eventLogContract('SqliteEventLog', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-log-'));
  const database = await SqliteDatabase.open(join(folder, 'data.sqlite'), [eventLogTables]);
  return {
    log: new SqliteEventLog(database),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('SqliteEventLog and its file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-log-'));
    file = join(folder, 'data.sqlite');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('leaves nothing of a redacted payload in the file', async () => {
    const database = await SqliteDatabase.open(file, [eventLogTables]);
    const log = new SqliteEventLog(database);
    const secrets = ['short-secret-4711', 'long-secret-4712'.repeat(2000)];
    await log.append(aCommand('app', { events: secrets.map((secret) => anEvent(secret)) }));
    await log.redact('app', contentStream('app', 'a'));
    await database.close();
    const bytes = await readFile(file, 'latin1');
    expect(bytes).toContain('NoopEvent');
    expect(bytes).not.toContain('secret-471');
  });

  it('keeps what was acknowledged when the process is killed, in order and without a gap', async () => {
    const program = fileURLToPath(new URL('./spec/appends-until-killed.js', import.meta.url));
    const acknowledged = new Map<number, string>();
    for (let round = 1; round <= 2; round++) {
      const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      let lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (lines.length === 400) child.kill('SIGKILL');
      }
      await closed;
      // The last line may be cut off by the kill.
      lines = lines.slice(0, -1);
      for (const line of lines) acknowledged.set(Number(line.split(' ')[0]), line.split(' ')[1]!);

      const database = await SqliteDatabase.open(file, [eventLogTables]);
      try {
        const log = new SqliteEventLog(database);
        const events = await readAll(log, 'app');
        expect(events.map((event) => event.position)).toEqual(events.map((_, i) => i + 1));
        expect((await log.head('app')).position).toBe(events.length);
        for (const [position, n] of acknowledged) expect(events[position - 1]!.payload).toBe(`{"n":"${n}"}`);
        const versions = new Map<string, number>();
        for (const { stream, version } of events) {
          expect(version).toBe((versions.get(stream) ?? -1) + 1);
          versions.set(stream, version);
        }
        // Commands have two events each: none is half there.
        expect(events.length % 2).toBe(0);
      } finally {
        await database.close();
      }
    }
    expect(acknowledged.size).toBeGreaterThan(400);
  });
});
