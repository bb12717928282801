import type { AppState } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingApp } from './existing-app.js';

/** Soft: history, files and backups stay. */
export function deleteApp(app: AppState | undefined): DecidedEvent[] {
  existingApp(app);
  return [{ type: 'AppDeletedEvent', payload: { permanent: false } }];
}
