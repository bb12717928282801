import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { entryOf } from '../app/maps.js';
import { existingApp } from './existing-app.js';

/** Its tokens are worth nothing from then on. Error `apps.client-not-found`. */
export function revokeClient(app: AppState | undefined, id: string): DecidedEvent[] {
  if (!entryOf(existingApp(app).clients, id)) throw new RepriseError('not-found', 'apps.client-not-found', 'The app has no such client.');
  return [{ type: 'AppClientRevokedEvent', payload: { id } }];
}
