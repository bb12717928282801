import { readFileSync } from 'node:fs';

/** What a log says at last: mostly why its process ended. */
export function lastLineOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)!;
}
