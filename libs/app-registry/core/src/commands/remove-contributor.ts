import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { entryOf } from '../app/maps.js';
import { existingApp } from './existing-app.js';
import { keepOneOwner } from './last-owner.js';

/** Errors `apps.contributor-not-found`, `apps.last-owner`. */
export function removeContributor(app: AppState | undefined, contributorId: string): DecidedEvent[] {
  const { contributors } = existingApp(app);
  if (entryOf(contributors, contributorId) === undefined) {
    throw new RepriseError('not-found', 'apps.contributor-not-found', 'The app has no such contributor.');
  }
  keepOneOwner(contributors, contributorId);
  return [{ type: 'AppContributorRemovedEvent', payload: { contributorId } }];
}
