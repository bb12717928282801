import type { AppRef, Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

const WRITERS = new Set(['Owner', 'Developer', 'Editor']);

/** Whoever may not see an app learns nothing of it: `apps.not-found`. */
export function checkMayRead(principal: Principal, app: AppRef): void {
  if (!principal.administrator && principal.app?.id !== app.id) throw new RepriseError('not-found', 'apps.not-found', 'There is no such app.');
}

/** Errors `apps.not-found`, `auth.forbidden`. */
export function checkMayWrite(principal: Principal, app: AppRef): void {
  checkMayRead(principal, app);
  if (!principal.administrator && !WRITERS.has(principal.app?.role ?? '')) {
    throw new RepriseError('forbidden', 'auth.forbidden', 'Only owners, developers and editors of the app may change its assets.');
  }
}
