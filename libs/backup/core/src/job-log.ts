import type { LogLine } from './job.js';

/** A log is read by a person and kept in the job's document: beyond this many lines it says how many more there would have been. */
export const MAX_LOG_LINES = 1_000;
const OVERFLOW = 'overflow';

/** The log with a line added, or put in the place of the one with the same slot. */
export function addLine(log: readonly LogLine[], now: Date, message: string, slot?: string): LogLine[] {
  const line: LogLine = { timestamp: now.toISOString(), message, ...(slot === undefined ? {} : { slot }) };
  const place = slot === undefined ? -1 : log.findIndex((other) => other.slot === slot);
  return place < 0 ? [...log, line] : log.with(place, line);
}

/** The log with all of these behind it. */
export function addLines(log: readonly LogLine[], now: Date, messages: readonly string[]): LogLine[] {
  return [...log, ...messages.map((message) => ({ timestamp: now.toISOString(), message }))];
}

/** Warnings behind the log, as many as there is room for; the others as a number. `more` were left out already where they arose. */
export function addWarnings(log: readonly LogLine[], now: Date, warnings: readonly string[], more = 0): LogLine[] {
  const room = Math.max(0, MAX_LOG_LINES - log.length);
  const shown: LogLine[] = warnings.slice(0, room).map((message) => ({ timestamp: now.toISOString(), message: `Warning: ${message}` }));
  const left = more + warnings.length - shown.length;
  const all = [...log, ...shown];
  if (left === 0) return all;
  const before = Number(/\d+/.exec(all.find((line) => line.slot === OVERFLOW)?.message ?? '')?.[0] ?? 0);
  return addLine(all, now, `Warning: ${before + left} more warnings are not shown.`, OVERFLOW);
}
