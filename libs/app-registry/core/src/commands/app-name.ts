import { RepriseError } from '@reprise/kernel';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST = 100;

/** What stands in the place of an app's name in paths of the gateway (`/api/apps/restore`): an app of that name would be out of reach. */
export const RESERVED_APP_NAMES: readonly string[] = ['backups', 'jobs', 'restore'];

export interface NameProblem {
  code: 'apps.name-invalid' | 'apps.name-reserved';
  problem: string;
}

/** Why an app can't have the name; undefined for one that it can. Names are part of URLs. */
export function appNameProblem(name: string): NameProblem | undefined {
  if (name.length > LONGEST || !SLUG.test(name)) {
    const rule = `Use at most ${LONGEST} lower-case letters, digits and single dashes between them.`;
    return { code: 'apps.name-invalid', problem: `Name is not a valid slug. ${rule}` };
  }
  return RESERVED_APP_NAMES.includes(name) ? { code: 'apps.name-reserved', problem: `Name '${name}' is reserved. Use another one.` } : undefined;
}

/** Errors `apps.name-invalid`, `apps.name-reserved`. */
export function checkAppName(name: string): void {
  const found = appNameProblem(name);
  if (found) throw new RepriseError('invalid', found.code, 'Validation error', { details: [`name: ${found.problem}`] });
}

/** As Squidex says it to whoever creates an app: its clients look for this line. */
export function nameTakenOnCreate(): RepriseError {
  return new RepriseError('invalid', 'apps.name-taken', 'Validation error', { details: ['An app with the same name already exists.'] });
}
