import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { entryOf } from '../app/maps.js';
import { existingApp } from './existing-app.js';
import { assertRoom } from './room.js';

const CLIENT_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Errors `apps.client-id-invalid`, `apps.client-exists`, `apps.too-many`. */
export function attachClient(app: AppState | undefined, id: string, secret: string): DecidedEvent[] {
  const { clients } = existingApp(app);
  if (id.length > 100 || !CLIENT_ID.test(id)) {
    throw new RepriseError('invalid', 'apps.client-id-invalid', 'Validation error', { details: ['id: Client ID is not a valid slug.'] });
  }
  if (entryOf(clients, id)) {
    throw new RepriseError('invalid', 'apps.client-exists', 'Validation error', { details: ['A client with the same id already exists.'] });
  }
  assertRoom('clients', clients);
  return [{ type: 'AppClientAttachedEvent', payload: { id, secret, role: null } }];
}
