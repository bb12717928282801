import type { Principal } from '@reprise/contracts';
import { EventLog, newEvent } from '@reprise/event-store-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import type { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppsController } from '../apps/apps.controller.js';
import { startInstallation } from '../testing/installation.js';
import { UsersController } from '../users/users.controller.js';
import { NamesController } from './names.controller.js';
import { ParticipantController } from './participant.controller.js';

const root: Principal = { actor: 'client:root', administrator: true };
const job = { jobId: 'job-1', appId: 'a1' };
const hold = { name: 'shop', appId: 'a1', holder: 'job-1' };
const task = (segment: string) => ({ ...job, segment, token: 't1' });
const settings = '{"theme":"dark","size":1.0}';

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

const participant = () => installation.get(ParticipantController);
const names = () => installation.get(NamesController);
const apps = () => installation.get(AppsController);

/** What a restore does with the registry up to the name. */
async function importShop(lastEvent?: string) {
  await names().reserve(hold);
  await installation.get(ArchiveObjects).put('jobs/job-1/avatar', Buffer.from('image'));
  const imported = await participant().import({
    ...job,
    settings,
    users: { old1: 'Known@example.org', old2: 'new@example.org', old3: 'NEW@example.org' },
    createUsers: true,
    avatar: { key: 'jobs/job-1/avatar', size: 5 },
  });
  const log = installation.get(EventLog);
  await log.beginImport('a1', 'job-1');
  const types = ['AppCreatedEvent', 'AppLanguageAddedEvent', ...(lastEvent ? [lastEvent] : [])];
  const events = types.map((type, version) => ({
    ...newEvent({
      type,
      payload: { name: 'shop', language: 'de' },
      app: { id: 'a1', name: 'shop' },
      actor: 'client:shop:default',
      eventId: `e${version}`,
      commitId: 'c',
      aggregateId: 'a1',
      timestamp: new Date('2024-01-01T00:00:00Z'),
    }),
    position: version + 1,
    stream: 'app-a1',
    version,
  }));
  await log.importEvents('a1', 'job-1', events);
  await participant().rebuild({ ...task('rebuild'), to: events.length });
  return imported;
}

async function filesOfShop(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of installation.get(AssetObjects).list('a1/')) keys.push(key);
  return keys;
}

async function openShop() {
  await installation.get(EventLog).endImport('a1', 'job-1');
  await names().take(hold);
}

describe('a restore', () => {
  it("maps users by e-mail, reserves the missing, and tells this installation's URLs", async () => {
    const { user } = await installation.get(UsersController).create({ principal: root, email: 'known@example.org', displayName: '' });
    const { users, created, urls } = await importShop();
    expect(users['old1']).toBe(user.id);
    expect(users['old3']).toBe(users['old2']);
    expect(created).toEqual(['new@example.org']);
    expect(urls).toEqual({ assets: 'https://cms.example.org/api/assets/' });
  });

  it('maps nobody new where it may not create users', async () => {
    const { users, created } = await participant().import({ ...job, settings, users: { old2: 'new@example.org' }, createUsers: false });
    expect({ users, created }).toEqual({ users: {}, created: [] });
  });

  it('changes no settings any more when its app is there already', async () => {
    await importShop();
    await openShop();
    const late = participant().import({ ...job, settings: '{"late":true}', users: {}, createUsers: true });
    await expect(late).rejects.toMatchObject({ kind: 'conflict', code: 'restores.late' });
    expect((await participant().snapshot({ ...job })).settings).toBe(settings);
  });

  it('shows nothing before the name is taken, and everything from then on', async () => {
    const { users } = await importShop();
    const everyone = () => installation.get(UsersController).find({ ids: Object.values(users) });
    expect(await apps().list({ principal: root })).toEqual({ apps: [] });
    await expect(apps().find({ name: 'shop' })).rejects.toMatchObject({ code: 'apps.not-found' });
    await expect(apps().create({ principal: root, name: 'shop' })).rejects.toMatchObject({ code: 'apps.name-taken' });
    expect((await everyone()).users).toEqual([]);
    expect(installation.bus.enqueued).toMatchObject([
      { name: 'backup.segment-done', body: { jobId: 'job-1', segment: 'rebuild', token: 't1', result: { objects: { languages: 2, clients: 0 } } } },
    ]);

    await openShop();
    await openShop();
    const { app } = await apps().find({ name: 'shop' });
    expect(app).toMatchObject({ id: 'a1', version: 1, created: '2024-01-01T00:00:00Z', createdBy: 'client:shop:default' });
    expect((await everyone()).users).toHaveLength(2);
  });

  it('survives a restart while its name is reserved', async () => {
    await importShop();
    installation.clock.forward(1);
    await installation.restart();
    await names().reserve(hold);
    await openShop();
    expect((await apps().find({ name: 'shop' })).app.id).toBe('a1');
  });

  it('gives back what a later backup takes up: settings to the letter, the avatar, users', async () => {
    const { users } = await importShop();
    await openShop();
    const snapshot = await participant().snapshot(job);
    expect(snapshot).toEqual({
      app: { id: 'a1', name: 'shop' },
      settings,
      avatar: { key: 'a1/avatar-job-1', size: 5 },
      urls: { assets: 'https://cms.example.org/api/assets/', assetsApp: 'https://cms.example.org/api/assets/shop/' },
    });
    expect((await installation.get(AssetObjects).read(snapshot.avatar!.key)).toString()).toBe('image');
    const resolved = await installation.get(UsersController).resolve({ ids: [users['old2']!, 'unknown'] });
    expect(resolved).toEqual({ users: { [users['old2']!]: 'new@example.org' } });
  });

  it('of an app that was deleted ends with its name free', async () => {
    await importShop('AppDeletedEvent');
    await openShop();
    await expect(apps().find({ name: 'shop' })).rejects.toMatchObject({ code: 'apps.not-found' });
    await apps().create({ principal: root, name: 'shop' });
  });

  it('that is discarded leaves nothing: no name, users, files or rows, also for what comes late', async () => {
    const { users } = await importShop();
    expect(await filesOfShop()).toEqual(['a1/avatar-job-1']);
    await participant().discard(task('discard'));
    await participant().discard(task('discard'));
    expect(installation.bus.enqueued.filter(({ name }) => name === 'backup.segment-done')).toHaveLength(3);
    expect(await filesOfShop()).toEqual([]);
    await expect(importShop()).rejects.toMatchObject({ code: 'apps.discarded' });
    await expect(participant().import({ ...job, settings, users: {}, createUsers: true, avatar: { key: 'jobs/job-1/avatar', size: 5 } })).rejects.toMatchObject(
      { code: 'apps.discarded' },
    );
    expect(await filesOfShop()).toEqual([]);
    const { app } = await apps().create({ principal: root, name: 'shop' });
    expect(app.version).toBe(0);
    expect((await installation.get(UsersController).find({ ids: Object.values(users) })).users).toEqual([]);
  });

  it("can't have the name of an app, nor discard one that lives", async () => {
    await importShop();
    await openShop();
    await expect(names().reserve({ name: 'shop', appId: 'a2', holder: 'job-2' })).rejects.toMatchObject({ kind: 'conflict', code: 'apps.name-taken' });
    await expect(participant().discard(task('discard'))).rejects.toMatchObject({ code: 'apps.living' });
    await expect(names().reserve({ name: 'No slug', appId: 'a2', holder: 'job-2' })).rejects.toMatchObject({ code: 'apps.name-invalid' });
  });
});
