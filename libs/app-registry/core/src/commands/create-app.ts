import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { checkAppName } from './app-name.js';

/** The name is reserved before; a client that creates an app gets no contributor, as in Squidex. */
export function createApp(app: AppState | undefined, name: string): DecidedEvent[] {
  checkAppName(name);
  if (app) throw new RepriseError('conflict', 'apps.exists', 'The app exists already.');
  return [{ type: 'AppCreatedEvent', payload: { name } }];
}
