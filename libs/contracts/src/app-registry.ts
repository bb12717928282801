import { z } from 'zod';
import { AppRef, command, Principal } from './common.js';
import { defineFact, defineRequest } from './define.js';
import { AppStateSchema } from './state.js';

/** OAuth2 client credentials. Error `auth.invalid-client` (unauthenticated). */
export const issueToken = defineRequest('app-registry.issue-token', {
  body: z.object({ clientId: z.string(), clientSecret: z.string() }),
  reply: z.object({ accessToken: z.string(), expiresInSeconds: z.number().int() }),
});

/** Error `auth.invalid-token` (unauthenticated). Callers may keep an answer for 10 seconds. */
export const verifyToken = defineRequest('app-registry.verify-token', {
  body: z.object({ token: z.string() }),
  reply: z.object({ principal: Principal }),
});

/**
 * A client whom somebody else has identified, as the message broker does: the root client's id, or `{app}:{client}`. Error `auth.unknown-client`
 * (unauthenticated).
 */
export const findClient = defineRequest('app-registry.find-client', {
  body: z.object({ clientId: z.string() }),
  reply: z.object({ principal: Principal }),
});

/** Errors: `apps.name-taken` (with Squidex's details line), `apps.name-invalid`, `apps.name-reserved` (all invalid). */
export const createApp = defineRequest('app-registry.create-app', {
  body: z.object({ ...command, name: z.string() }),
  reply: z.object({ app: AppStateSchema }),
});

/** Living apps that the principal may see, by name. */
export const listApps = defineRequest('app-registry.list-apps', {
  body: z.object({ principal: Principal }),
  reply: z.object({ apps: z.array(AppStateSchema) }),
});

/**
 * A living app by name. Error `apps.not-found`, also when the principal may not see it. Without principal: for open routes. The secrets of its
 * clients are for its owners and administrators; others see empty ones, here and in lists.
 */
export const findApp = defineRequest('app-registry.find-app', {
  body: z.object({ principal: Principal.optional(), name: z.string() }),
  reply: z.object({ app: AppStateSchema }),
});

/** Soft delete: gone from all reads and its name free when this answers; its backups stay. */
export const deleteApp = defineRequest('app-registry.delete-app', {
  body: z.object({ ...command, app: AppRef }),
  reply: z.object({}),
});

/** A deleted app's fragments and the like can go. A hint: whoever acts on it asks whether the app lives. */
export const appDeleted = defineFact('app-registry.app-deleted', { body: z.object({ appId: z.string() }) });

/** Those of the apps that live. */
export const livingApps = defineRequest('app-registry.living-apps', {
  body: z.object({ ids: z.array(z.string()) }),
  reply: z.object({ living: z.array(z.string()) }),
});

const AppReply = z.object({ app: AppStateSchema });

/** Error `apps.language-exists` (invalid), `apps.language-unknown` (invalid). */
export const addLanguage = defineRequest('app-registry.add-language', {
  body: z.object({ ...command, app: AppRef, language: z.string() }),
  reply: AppReply,
});

/** The secret is made here. Error `apps.client-exists` (invalid). */
export const attachClient = defineRequest('app-registry.attach-client', {
  body: z.object({ ...command, app: AppRef, id: z.string() }),
  reply: AppReply,
});
export const revokeClient = defineRequest('app-registry.revoke-client', {
  body: z.object({ ...command, app: AppRef, id: z.string() }),
  reply: AppReply,
});

/** `contributorId` is a user id or an e-mail. Errors: `users.not-found` (not-found). */
export const assignContributor = defineRequest('app-registry.assign-contributor', {
  body: z.object({ ...command, app: AppRef, contributorId: z.string(), role: z.string().optional(), invite: z.boolean().optional() }),
  reply: z.object({ app: AppStateSchema, isInvited: z.boolean() }),
});
export const removeContributor = defineRequest('app-registry.remove-contributor', {
  body: z.object({ ...command, app: AppRef, contributorId: z.string() }),
  reply: AppReply,
});

export const User = z.object({ id: z.string(), email: z.string(), displayName: z.string() });
export type User = z.infer<typeof User>;

export const findUsers = defineRequest('app-registry.find-users', {
  body: z.object({ ids: z.array(z.string()) }),
  reply: z.object({ users: z.array(User) }),
});
/** Administrators only. Error `users.email-taken` (invalid). */
export const createUser = defineRequest('app-registry.create-user', {
  body: z.object({ ...command, email: z.string(), displayName: z.string() }),
  reply: z.object({ user: User }),
});
