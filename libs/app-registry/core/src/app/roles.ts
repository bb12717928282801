import { isDefaultRole } from '@reprise/access';
import type { AppState } from '@reprise/contracts';
import { entryOf } from './maps.js';

export function roleExists(roles: AppState['roles'], name: string): boolean {
  return isDefaultRole(name) || entryOf(roles, name) !== undefined;
}
