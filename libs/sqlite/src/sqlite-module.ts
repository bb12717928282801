import type { DatabaseSync } from 'node:sqlite';

/**
 * One atomic step. It runs in the writer's thread within a savepoint: when it throws, nothing of it remains. Arguments and result
 * cross threads by structured clone. Deterministic in what it is given: times and ids come from the caller.
 */
export type Procedure = (db: DatabaseSync, args: never) => unknown;

/** What the module at {@link SqliteModule.url} exports. */
export interface ProcedureModule {
  /** DDL that may run at each start: `CREATE TABLE IF NOT EXISTS …`. */
  schema: string;
  procedures: Readonly<Record<string, Procedure>>;
}

/** The tables and procedures of one adapter. */
export interface SqliteModule {
  /** First part of a procedure's name: `eventLog` in `eventLog.append`. */
  name: string;
  /** `new URL('./x.procedures.js', import.meta.url).href`; exports a {@link ProcedureModule}. */
  url: string;
}
