import { RegistryStore } from '@reprise/app-registry-core';
import type { AppRef, Principal } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import type { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startInstallation } from '../testing/installation.js';
import { AppsController } from './apps.controller.js';
import { ContributorsController } from './contributors.controller.js';
import { SettingsController } from './settings.controller.js';
import { UsersController } from '../users/users.controller.js';

const root: Principal = { actor: 'client:root', administrator: true };
const clientOf = (app: AppRef, role: string): Principal => ({ actor: `client:${app.name}:c`, administrator: false, app: { ...app, role } });
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

let installation: Installation;
const apps = () => installation.get(AppsController);
const settings = () => installation.get(SettingsController);
const contributors = () => installation.get(ContributorsController);
const create = async (name: string, key?: string) => (await apps().create({ principal: root, name, ...(key === undefined ? {} : { key }) })).app;

beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

describe('apps', () => {
  it('are created under their name, and are in lists and look-ups at once', async () => {
    const shop = await create('shop');
    expect(shop).toMatchObject({ name: 'shop', version: 0, createdBy: 'client:root', contributors: {}, languages: { master: 'en' } });
    await create('blog');
    expect((await apps().list({ principal: root })).apps.map(({ name }) => name)).toEqual(['blog', 'shop']);
    expect((await apps().find({ principal: root, name: 'shop' })).app).toEqual(shop);
    const [event] = (await installation.get(EventLogReader).read(shop.id, { from: 1, to: 9, limit: 9 })).events;
    expect(event).toMatchObject({ type: 'AppCreatedEvent', stream: `app-${shop.id}`, version: 0, position: 1 });
    expect(event!.payload).toBe(`{"name":"shop","appId":"${shop.id},shop","actor":"client:root","fromRule":false}`);
  });

  it('are listed in full however many they are, and nobody waits for the end of a long list', async () => {
    const names = Array.from({ length: 250 }, (_, number) => `app-${String(number).padStart(3, '0')}`);
    await Promise.all(names.map((name) => create(name)));
    let listed = false;
    const listing = apps()
      .list({ principal: root })
      .finally(() => (listed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await apps().find({ principal: root, name: 'app-249' })).app.name).toBe('app-249');
    expect(listed).toBe(false);
    expect((await listing).apps.map(({ name }) => name)).toEqual(names);
  });

  it('have a name each, however many ask at once', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => create('shop')));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = attempts.find((attempt) => attempt.status === 'rejected')!;
    expect(refused.reason).toMatchObject({ kind: 'invalid', code: 'apps.name-taken', details: ['An app with the same name already exists.'] });
    await expect(create('No Slug')).rejects.toThrow(refusal('apps.name-invalid'));
  });

  it('are made once by a repeated command', async () => {
    const one = await create('shop', 'key-1');
    expect(await create('shop', 'key-1')).toEqual(one);
    await expect(create('shop', 'key-2')).rejects.toThrow(refusal('apps.name-taken'));
  });

  it('are gone at once when deleted, and their name is free', async () => {
    const shop = await create('shop');
    await apps().delete({ principal: root, app: shop, key: 'gone' });
    await expect(apps().find({ principal: root, name: 'shop' })).rejects.toThrow(refusal('apps.not-found'));
    expect(await apps().list({ principal: root })).toEqual({ apps: [] });
    await apps().delete({ principal: root, app: shop, key: 'gone' });
    await expect(apps().delete({ principal: root, app: shop })).rejects.toThrow(refusal('apps.not-found'));
    expect(installation.bus.published).toEqual([{ name: 'app-registry.app-deleted', body: { appId: shop.id } }]);
    const again = await create('shop');
    expect(await apps().living({ ids: [shop.id, again.id, 'unknown'] })).toEqual({ living: [again.id] });
    expect(again.id).not.toBe(shop.id);
    expect(again.version).toBe(0);
  });

  it('are seen by their own clients alone, and configured by owners', async () => {
    const shop = await create('shop');
    const blog = await create('blog');
    const editor = clientOf(shop, 'Editor');
    expect((await apps().list({ principal: editor })).apps.map(({ name }) => name)).toEqual(['shop']);
    expect((await apps().find({ principal: editor, name: 'shop' })).app.id).toBe(shop.id);
    await expect(apps().find({ principal: editor, name: 'blog' })).rejects.toThrow(refusal('apps.not-found'));
    await expect(settings().addLanguage({ principal: editor, app: shop, language: 'de' })).rejects.toThrow(refusal('auth.forbidden'));
    await expect(settings().addLanguage({ principal: editor, app: blog, language: 'de' })).rejects.toThrow(refusal('apps.not-found'));
    await expect(apps().create({ principal: clientOf(shop, 'Owner'), name: 'other' })).rejects.toThrow(refusal('auth.forbidden'));
    const changed = await settings().addLanguage({ principal: clientOf(shop, 'Owner'), app: shop, language: 'de' });
    expect(Object.keys(changed.app.languages.languages)).toEqual(['en', 'de']);
  });

  it('tell the secrets of their clients to owners and administrators alone', async () => {
    const shop = await create('shop');
    const { app } = await settings().attachClient({ principal: root, app: shop, id: 'web' });
    const told = async (principal?: Principal) => (await apps().find({ name: 'shop', ...(principal ? { principal } : {}) })).app.clients['web'];
    for (const principal of [root, clientOf(shop, 'Owner')]) expect(await told(principal)).toEqual(app.clients['web']);
    for (const principal of [undefined, clientOf(shop, 'Developer'), clientOf(shop, 'Reader')]) {
      expect(await told(principal)).toEqual({ ...app.clients['web'], secret: '' });
    }
    expect((await apps().list({ principal: clientOf(shop, 'Editor') })).apps[0]!.clients['web']!.secret).toBe('');
  });
});

describe('a command that was done, and whose last step finds no room', () => {
  const noRoom = () => Promise.reject(new RepriseError('unavailable', 'storage.full', 'No room.'));
  const names = () => installation.get(RegistryStore).names;

  it('does not say that nothing was done', async () => {
    await create('blog');
    const { markDeleted, take } = names();
    names().take = noRoom;
    await expect(create('shop')).rejects.toThrow(refusal('commands.outcome-unknown'));
    names().take = take;
    names().markDeleted = noRoom;
    const { app: blog } = await apps().find({ principal: root, name: 'blog' });
    await expect(apps().delete({ principal: root, app: blog })).rejects.toThrow(refusal('commands.outcome-unknown'));
    names().markDeleted = markDeleted;
    await expect(apps().find({ principal: root, name: 'blog' })).rejects.toThrow(refusal('apps.not-found'));
  });
});

describe('creating an app, cut short', () => {
  it('before anything was written gives the name back at the next start', async () => {
    installation.bus.failAppend = async () => Promise.reject(new RepriseError('internal', 'internal', 'crash'));
    await expect(create('shop')).rejects.toThrow(refusal('internal'));
    delete installation.bus.failAppend;
    await expect(create('shop')).rejects.toThrow(refusal('apps.name-taken'));
    installation.clock.forward(1);
    await installation.restart();
    expect((await create('shop')).version).toBe(0);
  });

  it('after the event was written is finished at once, if the log can tell', async () => {
    installation.bus.failAppend = async (append) => {
      await append();
      throw new RepriseError('internal', 'internal', 'the answer got lost');
    };
    expect((await create('shop')).name).toBe('shop');
  });

  it('gives the name back at once when the log refuses', async () => {
    installation.bus.failAppend = async () => Promise.reject(new RepriseError('unavailable', 'storage.full', 'full'));
    await expect(create('shop')).rejects.toThrow(refusal('storage.full'));
    delete installation.bus.failAppend;
    await create('shop');
  });
});

describe('languages and clients', () => {
  it('are added once, whatever is repeated', async () => {
    const shop = await create('shop');
    const body = { principal: root, app: shop, language: 'de', key: 'k' };
    const first = await settings().addLanguage(body);
    expect(await settings().addLanguage(body)).toEqual(first);
    await expect(settings().addLanguage({ ...body, key: 'other' })).rejects.toMatchObject({ details: ['Language has already been added.'] });
  });

  it('of which clients get a secret of their own, and can be revoked', async () => {
    const shop = await create('shop');
    const one = await settings().attachClient({ principal: root, app: shop, id: 'web' });
    const two = await settings().attachClient({ principal: root, app: shop, id: 'mobile' });
    expect(one.app.clients['web']!.secret).toMatch(/^[\w-]{43}$/);
    expect(two.app.clients['mobile']!.secret).not.toBe(one.app.clients['web']!.secret);
    expect(Object.keys((await settings().revokeClient({ principal: root, app: shop, id: 'web' })).app.clients)).toEqual(['mobile']);
  });

  it('of one app are all there when many are added at once', async () => {
    const shop = await create('shop');
    const codes = ['de', 'fr', 'it', 'es', 'pt', 'nl', 'sv', 'da'];
    await Promise.all(codes.map((language) => settings().addLanguage({ principal: root, app: shop, language })));
    const { app } = await apps().find({ name: 'shop' });
    expect(Object.keys(app.languages.languages).sort()).toEqual([...codes, 'en'].sort());
    expect(app.version).toBe(codes.length);
  });
});

describe('contributors', () => {
  it('are known users, or are invited', async () => {
    const shop = await create('shop');
    const users = installation.get(UsersController);
    const asked = { principal: root, key: 'k', email: 'Owner@example.org', displayName: 'Owner' };
    const { user } = await users.create(asked);
    expect(await users.create(asked)).toEqual({ user });
    await expect(users.create({ ...asked, key: 'other' })).rejects.toThrow(refusal('users.email-taken'));
    const byMail = await contributors().assign({ principal: root, app: shop, contributorId: 'owner@EXAMPLE.org', role: 'Owner' });
    expect(byMail).toMatchObject({ isInvited: false, app: { contributors: { [user.id]: 'Owner' } } });
    await expect(contributors().assign({ principal: root, app: shop, contributorId: 'new@example.org' })).rejects.toThrow(refusal('users.not-found'));
    const invited = await contributors().assign({ principal: root, app: shop, contributorId: 'new@example.org', invite: true });
    expect(invited.isInvited).toBe(true);
    expect(Object.values(invited.app.contributors)).toEqual(['Owner', 'Developer']);
    const { users: known } = await users.find({ ids: Object.keys(invited.app.contributors) });
    expect(known.map(({ email }) => email).sort()).toEqual(['Owner@example.org', 'new@example.org']);
    await expect(contributors().remove({ principal: root, app: shop, contributorId: user.id })).rejects.toThrow(refusal('apps.last-owner'));
  });

  it('are not invited when the role is unknown', async () => {
    const shop = await create('shop');
    const body = { principal: root, app: shop, contributorId: 'new@example.org', role: 'King', invite: true };
    await expect(contributors().assign(body)).rejects.toThrow(refusal('apps.role-unknown'));
    await expect(contributors().assign({ ...body, role: 'Reader', invite: false })).rejects.toThrow(refusal('users.not-found'));
  });
});
