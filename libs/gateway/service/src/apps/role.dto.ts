import { DEFAULT_ROLES } from '@reprise/access';
import type { AppState } from '@reprise/contracts';
import { get, path } from '../http/links.js';

/** Squidex's RolesDto: the default ones first, then the app's own. */
export function rolesDto(app: AppState) {
  const clients = Object.values(app.clients).map((client) => client.role);
  const contributors = Object.values(app.contributors);
  const role = (name: string, permissions: readonly string[], properties: Record<string, unknown>, isDefaultRole: boolean) => ({
    name,
    numClients: clients.filter((used) => used === name).length,
    numContributors: contributors.filter((used) => used === name).length,
    isDefaultRole,
    permissions,
    properties,
    _links: {},
  });
  const items = [
    ...Object.entries(DEFAULT_ROLES).map(([name, permissions]) => role(name, permissions, {}, true)),
    ...Object.entries(app.roles).map(([name, { permissions, properties }]) => role(name, permissions, properties, false)),
  ];
  return { items, _links: { self: get(path`/api/apps/${app.name}/roles`) } };
}
