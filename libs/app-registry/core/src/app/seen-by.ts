import { may } from '@reprise/access';
import type { AppState, Principal } from '@reprise/contracts';

/** The app as the principal may see it: the secrets of its clients are for its owners. Without principal: as everybody may. */
export function seenBy(principal: Principal | undefined, app: AppState): AppState {
  if (principal && may(principal, 'own', app.id)) return app;
  const clients = Object.entries(app.clients).map(([id, client]) => [id, { ...client, secret: '' }] as const);
  return { ...app, clients: Object.fromEntries(clients) };
}
