import { countIn, noCounts } from '@reprise/backup-archive';
import { isKnownType } from '@reprise/backup-core';

/** A hostile archive could have a type for each event, of any length. */
const MAX_NAMES = 500;
const LONGEST_NAME = 200;
const OTHERS = '(others)';

/** Events by type, and those of types that nobody knows. */
export class TypeCounts {
  readonly all = noCounts();
  readonly unknown = noCounts();
  private names = 0;

  add(type: string): void {
    const known = type in this.all;
    if (!known && type.length <= LONGEST_NAME && this.names < MAX_NAMES) this.names++;
    const name = known || (type.length <= LONGEST_NAME && this.names < MAX_NAMES) ? type : OTHERS;
    countIn(this.all, name);
    if (!isKnownType(type)) countIn(this.unknown, name);
  }
}
