import { isKnownType } from '@reprise/backup-core';

/** A hostile archive could have a type for each event. */
const MAX_NAMES = 500;
const OTHERS = '(others)';

/** Events by type, and those of types that nobody knows. */
export class TypeCounts {
  readonly all: Record<string, number> = {};
  readonly unknown: Record<string, number> = {};
  private names = 0;

  add(type: string): void {
    const known = Object.hasOwn(this.all, type);
    if (!known && this.names < MAX_NAMES) this.names++;
    const name = known || this.names < MAX_NAMES ? type : OTHERS;
    count(this.all, name);
    if (!isKnownType(type)) count(this.unknown, name);
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (Object.hasOwn(counts, name) ? counts[name]! : 0) + 1;
}
