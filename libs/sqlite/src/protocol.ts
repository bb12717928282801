import type { ErrorBody } from '@reprise/kernel';
import type { SqliteModule } from './sqlite-module.js';

/** What the threads of {@link SqliteDatabase} and its writer say to each other. */
export interface WriterSettings {
  file: string;
  modules: SqliteModule[];
}

export interface Call {
  id: number;
  procedure: string;
  args: unknown;
  durable: boolean;
  /** Parts of the arguments that belong to this thread now. */
  moved: ArrayBuffer[];
}

export type ToWriter = { call: Call } | { close: true };

export interface WireError {
  body: ErrorBody;
  /** For the log alone: what was thrown, where it wasn't an error of ours. */
  cause?: unknown;
}

export type Outcome = { id: number; result: unknown } | { id: number; error: WireError };

export type FromWriter = { ready: true } | { failed: WireError } | { outcomes: Outcome[] };
