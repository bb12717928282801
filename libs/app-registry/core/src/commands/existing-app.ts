import { appNotFound } from '@reprise/access';
import type { AppState } from '@reprise/contracts';

/** The app, if it lives. Error `apps.not-found`. */
export function existingApp(app: AppState | undefined): AppState {
  if (!app || app.isDeleted) throw appNotFound();
  return app;
}
