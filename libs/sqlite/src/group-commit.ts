import type { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';
import type { Call, Outcome, WireError } from './protocol.js';
import type { Procedure } from './sqlite-module.js';
import { toStorageError } from './sqlite-errors.js';
import { statement } from './statements.js';

/** Bounds of one transaction: whoever comes later waits no longer than this and one sync of the disk. */
const MAX_MILLISECONDS = 10;
const MAX_CALLS = 1000;

export function toWire(error: unknown): WireError {
  const ours = toStorageError(error);
  return ours.cause === undefined ? { body: ours.toBody() } : { body: ours.toBody(), cause: ours.cause };
}

/**
 * Commits calls in groups, since the sync of the disk costs far more than a call. Each call has a savepoint of its own, so that one
 * that throws takes nothing with it but its own work; nobody is answered before the commit.
 */
export class GroupCommit {
  private synchronous = '';

  constructor(
    private readonly db: DatabaseSync,
    private readonly procedures: ReadonlyMap<string, Procedure>,
  ) {}

  /** Takes calls from the front of the queue as far as the bounds go, commits them and answers them in order. */
  commit(queue: Call[]): Outcome[] {
    const taken: Call[] = [];
    try {
      // One durable call makes the commit durable for all that share it: two commits would take longer.
      this.sync(queue.slice(0, MAX_CALLS).some((call) => call.durable) ? 'FULL' : 'NORMAL');
      this.exec('BEGIN IMMEDIATE');
      const outcomes: Outcome[] = [];
      const deadline = performance.now() + MAX_MILLISECONDS;
      do {
        const call = queue.shift()!;
        taken.push(call);
        outcomes.push(this.run(call));
      } while (queue.length > 0 && taken.length < MAX_CALLS && performance.now() < deadline);
      this.exec('COMMIT');
      return outcomes;
    } catch (error) {
      // A full or failing disk ends the whole transaction: nothing of the group was stored, and each caller is told so.
      if (this.db.isTransaction) this.exec('ROLLBACK');
      if (taken.length === 0) taken.push(queue.shift()!);
      const wire = toWire(error);
      return taken.map(({ id }) => ({ id, error: wire }));
    } finally {
      // Now, not when the collector comes: it takes megabytes outside of its heap for little.
      for (const { moved } of taken) for (const memory of moved) memory.transfer(0);
    }
  }

  private run(call: Call): Outcome {
    const procedure = this.procedures.get(call.procedure);
    if (!procedure) {
      return { id: call.id, error: toWire(new RepriseError('internal', 'storage.no-procedure', `There is no procedure ${call.procedure}.`)) };
    }
    this.exec('SAVEPOINT call');
    try {
      const result = procedure(this.db, call.args as never);
      this.exec('RELEASE call');
      return { id: call.id, result };
    } catch (error) {
      // SQLite gives up the transaction by itself when the disk is full.
      if (!this.db.isTransaction) throw error;
      this.exec('ROLLBACK TO call');
      this.exec('RELEASE call');
      return { id: call.id, error: toWire(error) };
    }
  }

  /** Can only change between transactions. In WAL mode NORMAL is as safe against a crash of the process; a later FULL commit syncs all before it. */
  private sync(level: 'FULL' | 'NORMAL'): void {
    if (level === this.synchronous) return;
    this.db.exec(`PRAGMA synchronous = ${level}`);
    this.synchronous = level;
  }

  private exec(sql: string): void {
    statement(this.db, sql).run();
  }
}
