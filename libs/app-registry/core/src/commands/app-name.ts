import { RepriseError } from '@reprise/kernel';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST = 100;

/** Names are part of URLs. Error `apps.name-invalid`. */
export function checkAppName(name: string): void {
  if (name.length > LONGEST || !SLUG.test(name)) {
    throw new RepriseError('invalid', 'apps.name-invalid', 'Validation error', {
      details: [`name: Name is not a valid slug. Use at most ${LONGEST} lower-case letters, digits and single dashes between them.`],
    });
  }
}

/** As Squidex says it to whoever creates an app: its clients look for this line. */
export function nameTakenOnCreate(): RepriseError {
  return new RepriseError('invalid', 'apps.name-taken', 'Validation error', { details: ['An app with the same name already exists.'] });
}
