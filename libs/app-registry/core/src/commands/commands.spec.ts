import type { AppState } from '@reprise/contracts';
import { recordEvent } from '@reprise/event-store-core';
import { applyEvent, type DecidedEvent } from '@reprise/read-models-core';
import { describe, expect, it } from 'vitest';
import { appProjection } from '../app/app.projection.js';
import { addLanguage } from './add-language.js';
import { assignContributor } from './assign-contributor.js';
import { attachClient } from './attach-client.js';
import { createApp } from './create-app.js';
import { deleteApp } from './delete-app.js';
import { removeContributor } from './remove-contributor.js';
import { revokeClient } from './revoke-client.js';

/** Commands one after the other, each decided on what the ones before led to. */
function app(...commands: ((state: AppState | undefined) => DecidedEvent[])[]): AppState | undefined {
  let state: AppState | undefined;
  let version = 0;
  for (const decide of commands) {
    for (const { type, payload } of decide(state)) {
      const stored = { position: version + 1, stream: 'app-1', version: version++, type, payload: JSON.stringify(payload), headers: '{}' };
      state = applyEvent(appProjection, state, recordEvent(stored, new Map()));
    }
  }
  return state;
}

const shop = (state: AppState | undefined) => createApp(state, 'shop');
const owner = (contributorId: string) => (state: AppState | undefined) => assignContributor(state, { contributorId, role: 'Owner', isCreated: false });
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('creating an app', () => {
  it('is one event with its name', () => {
    expect(createApp(undefined, 'shop')).toEqual([{ type: 'AppCreatedEvent', payload: { name: 'shop' } }]);
  });

  it.each(['', 'Shop', 'my shop', '-shop', 'shop-', 'a--b', 'ä', 'x'.repeat(101)])('refuses the name %j', (name) => {
    expect(() => createApp(undefined, name)).toThrow(refusal('apps.name-invalid'));
  });

  it.each(['restore', 'jobs', 'backups'])('refuses the name %s, behind which a route of the gateway would hide it', (name) => {
    expect(() => createApp(undefined, name)).toThrow(refusal('apps.name-reserved'));
    expect(createApp(undefined, `${name}-1`)).toHaveLength(1);
  });
});

describe('an app that is deleted', () => {
  it('takes no command', () => {
    const gone = app(shop, deleteApp);
    for (const command of [deleteApp, owner('u1'), (s: typeof gone) => addLanguage(s, 'de'), (s: typeof gone) => attachClient(s, 'c', 's')]) {
      expect(() => command(gone)).toThrow(refusal('apps.not-found'));
    }
  });
});

describe('languages', () => {
  it('are added once, by a code that stands for one', () => {
    const german = app(
      shop,
      (s) => addLanguage(s, 'de'),
      (s) => addLanguage(s, 'pt-BR'),
    );
    expect(Object.keys(german!.languages.languages)).toEqual(['en', 'de', 'pt-BR']);
    expect(() => addLanguage(german, 'de')).toThrow(refusal('apps.language-exists'));
    for (const code of ['xx', 'q', '', 'not a code', '__proto__']) expect(() => addLanguage(german, code)).toThrow(refusal('apps.language-unknown'));
  });
});

describe('clients', () => {
  it('are attached once and can be revoked', () => {
    const one = app(shop, (s) => attachClient(s, 'web', 'secret'));
    expect(one!.clients['web']).toMatchObject({ name: 'web', role: 'Editor', secret: 'secret' });
    expect(() => attachClient(one, 'web', 'other')).toThrow(refusal('apps.client-exists'));
    expect(() => attachClient(one, 'Web Site', 'other')).toThrow(refusal('apps.client-id-invalid'));
    expect(
      app(
        shop,
        (s) => attachClient(s, 'web', 'secret'),
        (s) => revokeClient(s, 'web'),
      )!.clients,
    ).toEqual({});
    expect(() => revokeClient(one, 'app')).toThrow(refusal('apps.client-not-found'));
  });
});

describe('contributors', () => {
  it('get a role, change it, and are told from those added anew', () => {
    const one = app(shop, owner('u1'), owner('u2'));
    expect(assignContributor(one, { contributorId: 'u1', role: 'Reader', isCreated: false })).toEqual([
      { type: 'AppContributorAssignedEventV2', payload: { contributorId: 'u1', role: 'Reader', isCreated: false, isAdded: false } },
    ]);
    expect(assignContributor(one, { contributorId: 'u3', role: 'Reader', isCreated: true })[0]!.payload).toMatchObject({ isCreated: true, isAdded: true });
    expect(assignContributor(one, { contributorId: 'u1', role: 'Owner', isCreated: false })).toEqual([]);
  });

  it('have roles that the app knows', () => {
    const withRole = app(shop, () => [{ type: 'AppRoleAddedEvent', payload: { name: 'Writers' } }]);
    expect(assignContributor(withRole, { contributorId: 'u1', role: 'Writers', isCreated: false })).toHaveLength(1);
    expect(() => assignContributor(withRole, { contributorId: 'u1', role: 'Kings', isCreated: false })).toThrow(refusal('apps.role-unknown'));
  });

  it('always include an owner, once there was one', () => {
    const one = app(shop, owner('u1'));
    expect(() => removeContributor(one, 'u1')).toThrow(refusal('apps.last-owner'));
    expect(() => assignContributor(one, { contributorId: 'u1', role: 'Reader', isCreated: false })).toThrow(refusal('apps.last-owner'));
    expect(removeContributor(app(shop, owner('u1'), owner('u2')), 'u1')).toHaveLength(1);
    expect(() => removeContributor(one, 'u9')).toThrow(refusal('apps.contributor-not-found'));
  });
});

describe('an app that has as many of a kind as one may have', () => {
  const many = <Value>(value: Value) => Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`n${n}`, value]));
  const empty = app(shop, owner('u1'))!;

  it('takes no more of them, and goes on with those that it has', () => {
    const client = { name: 'c', secret: 's', role: 'Editor', apiCallsLimit: 0, apiTrafficLimit: 0, allowAnonymous: false };
    const full: AppState = { ...empty, clients: many(client), contributors: { ...many('Editor'), u1: 'Owner' } };
    expect(() => attachClient(full, 'one-more', 's')).toThrow(refusal('apps.too-many'));
    expect(() => assignContributor(full, { contributorId: 'u2', role: 'Editor', isCreated: false })).toThrow(refusal('apps.too-many'));
    expect(assignContributor(full, { contributorId: 'n1', role: 'Owner', isCreated: false })).toHaveLength(1);
    const languages = { ...empty.languages, languages: many(Object.values(empty.languages.languages)[0]!) };
    expect(() => addLanguage({ ...empty, languages }, 'de')).toThrow(refusal('apps.too-many'));
  });
});
