import type { AppState, User } from '@reprise/contracts';
import { del, get, path, post } from '../http/links.js';

/** Squidex's ContributorsDto. A contributor whom nobody knows any more still has a place and a role. */
export function contributorsDto(app: AppState, users: readonly User[], options: { isInvited?: boolean } = {}) {
  const self = path`/api/apps/${app.name}/contributors`;
  const known = new Map(users.map((user) => [user.id, user]));
  const items = Object.entries(app.contributors).map(([contributorId, role]) => ({
    contributorId,
    contributorName: known.get(contributorId)?.displayName ?? 'Not found',
    contributorEmail: known.get(contributorId)?.email ?? '',
    role,
    _links: { delete: del(`${self}/${encodeURIComponent(contributorId)}`) },
  }));
  return { items, maxContributors: -1, _meta: options.isInvited ? { isInvited: 'true' } : undefined, _links: { self: get(self), create: post(self) } };
}
