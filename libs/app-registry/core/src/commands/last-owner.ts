import { RepriseError } from '@reprise/kernel';

/** Refuses what would take the role from an app's only owner. Error `apps.last-owner`. */
export function keepOneOwner(contributors: Readonly<Record<string, string>>, leaving: string): void {
  const owners = Object.keys(contributors).filter((id) => contributors[id] === 'Owner');
  if (owners.length === 1 && owners[0] === leaving) {
    throw new RepriseError('invalid', 'apps.last-owner', 'Validation error', { details: ['Cannot remove the only owner.'] });
  }
}
