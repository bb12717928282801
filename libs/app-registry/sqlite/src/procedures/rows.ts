import type { Registration } from '@reprise/app-registry-core';

/** A row of `registry_apps`; names as in the table, for both sides of the writer. */
export interface AppRow {
  app_id: string;
  name: string;
  state: Registration['state'];
  holder: string;
  changed: number;
}

export const APP_COLUMNS = 'app_id, name, state, holder, changed';

export interface UserRow {
  id: string;
  email: string;
  display_name: string;
  real: number;
}

export const USER_COLUMNS = 'id, email, display_name, real';
