import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { collectGarbage } from '@reprise/kernel';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { GroupCommit, toWire } from './group-commit.js';
import type { Call, FromWriter, ToWriter, WriterSettings } from './protocol.js';
import type { Procedure, ProcedureModule } from './sqlite-module.js';

/** What callers hand over is copied; bytes of copies that may wait to be collected. */
const GARBAGE = 24 * 1024 ** 2;

/**
 * The thread that owns all writes. WAL: readers never wait for it. A checkpoint at each 64 MiB of WAL, since the usual 4 MiB were measured
 * to cost a third of the insert rate; pages of 8 KiB, in which events leave less unused (353 MB instead of 421 for 200,000 of them).
 */
const PRAGMAS = `
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 8192;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384;
PRAGMA foreign_keys = OFF;
`;

async function open(settings: WriterSettings): Promise<{ db: DatabaseSync; procedures: Map<string, Procedure> }> {
  mkdirSync(dirname(settings.file), { recursive: true });
  const db = new DatabaseSync(settings.file, { timeout: 5000 });
  db.exec(PRAGMAS);
  const procedures = new Map<string, Procedure>();
  for (const { name, url } of settings.modules) {
    const module = (await import(url)) as ProcedureModule;
    db.exec(module.schema);
    for (const [procedure, body] of Object.entries(module.procedures)) procedures.set(`${name}.${procedure}`, body);
  }
  return { db, procedures };
}

function serve(port: MessagePort, db: DatabaseSync, procedures: ReadonlyMap<string, Procedure>): void {
  const commits = new GroupCommit(db, procedures);
  const queue: Call[] = [];
  const say = (message: FromWriter) => port.postMessage(message);
  let closing = false;
  let scheduled = false;

  // Messages that have arrived are all taken before setImmediate's turn comes: what queues up during a commit is the next group.
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (queue.length > 0) say({ outcomes: commits.commit(queue) });
      collectGarbage(GARBAGE);
      if (queue.length > 0) return schedule();
      if (!closing) return;
      db.close();
      port.close();
    });
  };

  port.on('message', (message: ToWriter) => {
    if ('call' in message) queue.push(message.call);
    else closing = true;
    schedule();
  });
}

const port = parentPort!;
try {
  const { db, procedures } = await open(workerData as WriterSettings);
  serve(port, db, procedures);
  port.postMessage({ ready: true } satisfies FromWriter);
} catch (error) {
  port.postMessage({ failed: toWire(error) } satisfies FromWriter);
}
