import { may } from '@reprise/access';
import type { AppState, Principal } from '@reprise/contracts';
import { del, get, type Links, path, post } from '../http/links.js';

/** Squidex's AppDto, as the caller sees the app. */
export function appDto(app: AppState, caller: Principal) {
  const self = path`/api/apps/${app.name}`;
  const roleName = caller.app?.role;
  return {
    id: app.id,
    name: app.name,
    label: app.label ?? undefined,
    description: app.description ?? undefined,
    version: app.version,
    created: app.created,
    lastModified: app.lastModified,
    teamId: app.teamId ?? undefined,
    permissions: caller.administrator ? ['squidex.*'] : [`squidex.apps.${app.name}`],
    canAccessApi: true,
    canAccessContent: true,
    roleName,
    roleProperties: (roleName === undefined ? undefined : app.roles[roleName]?.properties) ?? {},
    _links: {
      self: get(self),
      ping: get('/api/ping'),
      assets: get(`${self}/assets`),
      languages: get(`${self}/languages`),
      roles: get(`${self}/roles`),
      rules: get(`${self}/rules`),
      schemas: get(`${self}/schemas`),
      'schemas/create': post(`${self}/schemas`),
      workflows: get(`${self}/workflows`),
      ...(may(caller, 'own', app.id) ? ownersLinks(self) : {}),
    },
  };
}

function ownersLinks(self: string): Links {
  return {
    delete: del(self),
    backups: get(`${self}/backups`),
    clients: get(`${self}/clients`),
    contributors: get(`${self}/contributors`),
    jobs: get(`${self}/jobs`),
  };
}
