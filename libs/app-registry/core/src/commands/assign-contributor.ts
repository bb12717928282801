import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { roleExists } from '../app/roles.js';
import { entryOf } from '../app/maps.js';
import { existingApp } from './existing-app.js';
import { keepOneOwner } from './last-owner.js';
import { assertRoom } from './room.js';

export const DEFAULT_ROLE = 'Developer';

export interface Assignment {
  contributorId: string;
  role: string;
  /** The user was made for this. */
  isCreated: boolean;
}

/** Gives a role or changes it; the role that he has already is no event. Errors `apps.role-unknown`, `apps.last-owner`, `apps.too-many`. */
export function assignContributor(app: AppState | undefined, { contributorId, role, isCreated }: Assignment): DecidedEvent[] {
  const { roles, contributors } = existingApp(app);
  if (!roleExists(roles, role)) {
    throw new RepriseError('invalid', 'apps.role-unknown', 'Validation error', {
      details: ['role: Role is not a valid value; it must be one of the roles of the app.'],
    });
  }
  const before = entryOf(contributors, contributorId);
  if (before === role) return [];
  if (before === undefined) assertRoom('contributors', contributors);
  if (role !== 'Owner') keepOneOwner(contributors, contributorId);
  return [{ type: 'AppContributorAssignedEventV2', payload: { contributorId, role, isCreated, isAdded: before === undefined } }];
}
