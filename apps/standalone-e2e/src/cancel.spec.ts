import { type ApiClient, followRestore, isFinished, restoreFile, type RestoreJob } from '@reprise/gateway-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './support/fixtures.js';
import { type Hold, type Inside, startInside } from './support/inside/index.js';
import { appNames, backUp, restore } from './support/standalone.js';
import { keysIn } from './support/stores/index.js';

interface AppJob {
  id: string;
  status: string;
  taskName: string;
}

describe('A job that its user cancels', () => {
  const open: Hold[] = [];
  let server: Inside;
  let client: ApiClient;

  beforeAll(async () => {
    server = await startInside();
    ({ client } = server);
    await restore(client, fixture('small.zip'), 'kept');
  });
  afterEach(() => letGo());
  afterAll(() => server?.stop());

  /** The first of them: an app as small as this one may not come to others. */
  async function until(holds: Hold[]): Promise<void> {
    open.push(...holds);
    await Promise.race(holds.map(({ reached }) => reached));
  }

  async function letGo(): Promise<void> {
    for (const hold of open.splice(0)) await hold.go();
  }

  const working = async () => (await Promise.all(['jobs/', 'uploads/'].map((prefix) => keysIn(server.stores.archives, prefix)))).flat();
  const jobs = async () => (await client.get<{ items: AppJob[] }>('/api/apps/kept/jobs')).items;

  it.each([
    ['exports', 'withinExport'],
    ['assembles', 'withinAssembly'],
  ] as const)('while it %s a backup leaves no archive and no working file, and the next one is made', async (_, moment) => {
    const before = await keysIn(server.stores.archives, 'archives/');
    const held = await server[moment]();
    const { headers } = await client.send('POST', '/api/apps/kept/backups');
    const id = headers.get('location')!.split('/').at(-1)!;
    await until(held);
    await client.post(`/api/apps/kept/jobs/${id}/cancel`);
    await letGo();
    const job = () => client.get<AppJob>(`/api/apps/kept/jobs/${id}`);
    await expect.poll(async () => (await job()).status).toBe('Cancelled');
    await expect.poll(working).toEqual([]);
    expect(await keysIn(server.stores.archives, 'archives/')).toEqual(before);
    const { items } = await client.get<{ items: { id: string; _links: object }[] }>('/api/apps/kept/backups');
    expect(items.filter((each) => each.id === id && 'download' in each._links)).toEqual([]);
    // Cancelled again, it is what it was.
    await client.post(`/api/apps/kept/jobs/${id}/cancel`).catch(() => undefined);
    expect((await job()).status).toBe('Cancelled');
    expect((await backUp(server, 'kept')).job).toMatchObject({ status: 'Completed', handledEvents: 73, handledAssets: 8 });
    expect((await jobs()).filter((each) => !isFinished(each as never))).toEqual([]);
  });

  it('while it imports a restore leaves no app, no event, no file, and its name to whoever wants it', async () => {
    const held = await server.withinImport();
    const id = await restoreFile(client, fixture('small.zip'), { name: 'wanted' });
    await until(held);
    const { appId } = await client.get<RestoreJob>(`/api/restores/${id}`);
    await client.post(`/api/restores/${id}/cancel`);
    await letGo();
    expect(await followRestore(client, id)).toMatchObject({ status: 'Cancelled' });
    await expect.poll(working).toEqual([]);
    expect(await appNames(client)).toEqual(['kept']);
    const kept = (await client.get<{ id: string }>('/api/apps/kept')).id;
    await expect.poll(async () => (await keysIn(server.stores.assets)).filter((key) => !key.startsWith(kept))).toEqual([]);
    if (appId) await expect.poll(async () => (await server.stores.log.head(appId)).state).toBeOneOf(['absent', 'purged']);
    await expect(client.get('/api/apps/wanted')).rejects.toMatchObject({ status: 404 });

    const again = await restore(client, fixture('small.zip'), 'wanted');
    expect(again).toMatchObject({ handledEvents: 73, handledAssets: 8 });
    expect(await appNames(client)).toEqual(['kept', 'wanted']);
  });
});
