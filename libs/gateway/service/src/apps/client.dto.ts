import type { AppState } from '@reprise/contracts';
import { del, get, path, post } from '../http/links.js';

/** Squidex's ClientsDto, secrets included: whoever may read them may use them. */
export function clientsDto(app: AppState) {
  const self = path`/api/apps/${app.name}/clients`;
  const items = Object.entries(app.clients).map(([id, client]) => ({
    id,
    secret: client.secret,
    name: client.name,
    role: client.role,
    apiCallsLimit: client.apiCallsLimit,
    apiTrafficLimit: client.apiTrafficLimit,
    allowAnonymous: client.allowAnonymous,
    _links: { delete: del(`${self}/${encodeURIComponent(id)}`) },
  }));
  return { items, _links: { self: get(self), create: post(self) } };
}
