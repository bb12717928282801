import type { AppState } from '@reprise/contracts';
import { entryOf } from '../app/maps.js';

/** These exist in every app. */
export const DEFAULT_ROLES = ['Owner', 'Developer', 'Editor', 'Reader'] as const;

export function roleExists(roles: AppState['roles'], name: string): boolean {
  return (DEFAULT_ROLES as readonly string[]).includes(name) || entryOf(roles, name) !== undefined;
}
