import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type SqlParameters = readonly SQLInputValue[] | Readonly<Record<string, SQLInputValue>>;

const caches = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** The prepared statement of an SQL text, prepared once per connection. The texts must be few: values belong into parameters. */
export function statement(db: DatabaseSync, sql: string): StatementSync {
  let cache = caches.get(db);
  if (!cache) caches.set(db, (cache = new Map<string, StatementSync>()));
  let prepared = cache.get(sql);
  if (!prepared) cache.set(sql, (prepared = db.prepare(sql)));
  return prepared;
}

function isPositional(params: SqlParameters): params is readonly SQLInputValue[] {
  return Array.isArray(params);
}

/** Has SQLite give back its copies of what the statement was run with last: it keeps them until the next time, which matters where they are large. */
export function forgetParameters(prepared: StatementSync): void {
  // Takes new parameters, none, and runs nothing until somebody asks for a row.
  prepared.iterate();
}

/** All rows. */
export function all<Row>(db: DatabaseSync, sql: string, params: SqlParameters = []): Row[] {
  const prepared = statement(db, sql);
  return (isPositional(params) ? prepared.all(...params) : prepared.all(params)) as Row[];
}

/** The first row, if any. */
export function first<Row>(db: DatabaseSync, sql: string, params: SqlParameters = []): Row | undefined {
  const prepared = statement(db, sql);
  return (isPositional(params) ? prepared.get(...params) : prepared.get(params)) as Row | undefined;
}

/** Runs a change; the answer is how many rows it touched. */
export function run(db: DatabaseSync, sql: string, params: SqlParameters = []): number {
  const prepared = statement(db, sql);
  return Number((isPositional(params) ? prepared.run(...params) : prepared.run(params)).changes);
}
