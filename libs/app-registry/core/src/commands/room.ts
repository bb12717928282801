import { MOST_OF_A_KIND } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** Whether the app may have one more. Error `apps.too-many`. */
export function assertRoom(what: string, there: Readonly<Record<string, unknown>>): void {
  if (Object.keys(there).length < MOST_OF_A_KIND) return;
  throw new RepriseError('invalid', 'apps.too-many', 'Validation error', { details: [`An app can't have more than ${MOST_OF_A_KIND} ${what}.`] });
}
