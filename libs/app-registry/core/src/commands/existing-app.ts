import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

export function appNotFound(): RepriseError {
  return new RepriseError('not-found', 'apps.not-found', 'There is no such app, or you may not see it.');
}

/** The app, if it lives. Error `apps.not-found`. */
export function existingApp(app: AppState | undefined): AppState {
  if (!app || app.isDeleted) throw appNotFound();
  return app;
}
