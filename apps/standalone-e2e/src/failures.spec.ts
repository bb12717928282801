import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followRestore, restoreFile } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedRestore, failedWithoutTrace } from './support/failed-restore.js';
import { fixture } from './support/fixtures.js';
import { appNames, restore, startRestoreFrom, startStandalone } from './support/standalone.js';
import { writeZip } from './support/write-zip.js';
import { readZip, type ZipEntry } from '@reprise/backup-testing';
import { testsCluster } from './support/product.js';

describe('A restore that can’t succeed', () => {
  let server: ServerProcess;
  let web: Server;
  let folder: string;
  let small: Buffer;
  let entries: ZipEntry[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-e2e-'));
    small = await readFile(fixture('small.zip'));
    entries = await readZip(small);
    web = createServer((request, response) => {
      if (request.url === '/login') return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>');
      if (request.url === '/redirect') return response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
      return response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    server = await startStandalone();
    await restore(server.client, fixture('small.zip'), 'already-here');
  });
  afterAll(async () => {
    web.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const altered = (change: (entry: ZipEntry) => ZipEntry | undefined) => writeZip(entries.flatMap((entry) => change(entry) ?? []));
  const changed = (path: string, text: string) => altered((entry) => (entry.name === path ? { ...entry, bytes: Buffer.from(text) } : entry));

  const failed = (archive: Buffer, name: string) => failedRestore(server.client, archive, name);
  const ended = (id: string, name: string) => failedWithoutTrace(server.client, id, name);

  it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    ['is-no-zip', () => Buffer.from('This is no archive at all, but a text that goes on for a while.'), /zip/i],
    ['is-empty', () => Buffer.alloc(0), /zip|empty/i],
    ['is-cut-off', () => small.subarray(0, 30_000), /cut off|truncated|damaged|end/i],
    ['has-wrong-version', () => changed('attachments/327/version.json', '{"major":4}'), /version.*4|4.*version/i],
    ['has-no-events', () => altered((entry) => (entry.name.startsWith('events/') ? undefined : entry)), /no event/i],
    ['has-no-users', () => altered((entry) => (entry.name.endsWith('/users.json') ? undefined : entry)), /users\.json/],
    ['has-a-gap', () => altered((entry) => (entry.name === 'events/0/30.json' ? undefined : entry)), /events\/0\/30\.json/],
    ['has-a-broken-event', () => changed('events/0/41.json', '{"n":{"t":"ContentUpdatedEvent","s":'), /events\/0\/41\.json/],
    ['has-an-event-twice', () => writeZip([...entries, entries.find(({ name }) => name === 'events/0/5.json')!]), /events\/0\/5\.json/],
  ])('because the archive %s', async (name, make, reason) => {
    const job = await failed(await make(), name);
    expect(job.error!.message).toMatch(reason);
  });

  it('because a byte of an entry was lost', async () => {
    const damaged = Buffer.from(small);
    const at = small.indexOf('events/0/20.json') + 'events/0/20.json'.length + 40;
    damaged[at]! ^= 0xff;
    expect((await failed(damaged, 'has-a-lost-byte')).error!.message).toMatch(/events\/0\/20\.json/);
  });

  it.each([
    ['answers-404', () => `http://127.0.0.1:${(web.address() as AddressInfo).port}/nothing.zip`, /404/],
    ['answers-html', () => `http://127.0.0.1:${(web.address() as AddressInfo).port}/login`, /HTML|web page/i],
    [
      'leads-to-a-private-address',
      () => `http://127.0.0.1:${(web.address() as AddressInfo).port}/redirect`,
      /private|not allowed|REPRISE_RESTORE_ALLOWED_HOSTS/i,
    ],
    ['is-private', () => 'http://10.1.2.3/archive.zip', /private|not allowed|REPRISE_RESTORE_ALLOWED_HOSTS/i],
    ['refuses', () => 'http://127.0.0.1:9/archive.zip', /refused|reach|connect/i],
  ])('because the address %s', async (name, url, reason) => {
    const job = await ended(await startRestoreFrom(server.client, url(), name), name);
    expect(job.error!.message).toMatch(reason);
  });

  it('because it is no address that is fetched', async () => {
    await expect(server.client.post('/api/apps/restore', { json: { url: 'file:///etc/passwd', name: 'local-file' } })).rejects.toMatchObject({ status: 400 });
    expect(await appNames(server.client)).not.toContain('local-file');
  });

  it('because the name is taken, which leaves the app that has it alone', async () => {
    const before = await server.client.get('/api/apps/already-here');
    const outcome = await restoreFile(server.client, fixture('small.zip'), { name: 'already-here' }).then(
      async (id) => followRestore(server.client, id),
      (error: unknown) => error as { status: number; message: string },
    );
    expect(outcome).toSatisfy(({ status }: { status: unknown }) => status === 'Failed' || status === 400);
    expect('error' in outcome ? outcome.error!.message : (outcome as { message: string }).message).toMatch(/name/i);
    expect(await server.client.get('/api/apps/already-here')).toEqual(before);
  });

  it.each(['restore', 'jobs', 'backups'])('because the app in the archive is named %s, as a route of the gateway is', async (name) => {
    const file = join(folder, 'reserved.zip');
    await writeFile(
      file,
      await changed(
        'events/0/0.json',
        entries
          .find((entry) => entry.name === 'events/0/0.json')!
          .bytes.toString()
          .replaceAll('small-app', name),
      ),
    );
    const job = await followRestore(server.client, await restoreFile(server.client, file));
    expect([job.status, job.error]).toMatchObject(['Failed', { code: 'apps.name-reserved', message: expect.stringMatching(/reserved.*another name/) }]);
    await expect(server.client.post('/api/apps', { json: { name } })).rejects.toMatchObject({ status: 400, code: 'apps.name-reserved' });
    await expect(restoreFile(server.client, file, { name })).rejects.toMatchObject({ status: 400 });
  });

  it('because the name is no name', async () => {
    await expect(restoreFile(server.client, fixture('small.zip'), { name: 'No Name!' })).rejects.toMatchObject({ status: 400 });
  });

  it('because whoever asks may not', async () => {
    const { items } = await server.client.get<{ items: { id: string; secret: string }[] }>('/api/apps/already-here/clients');
    const client = server.clientAs(`already-here:${items[0]!.id}`, items[0]!.secret);
    await expect(client.post('/api/apps/restore', { json: { url: 'https://example.com/a.zip', name: 'not-allowed' } })).rejects.toMatchObject({ status: 403 });
  });

  // A cluster's objects lie in buckets, which its own tests look into.
  if (!testsCluster) {
    it('leaves no files behind', async () => {
      const left = (await readdir(join(server.dataDir, 'archives'), { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile() && !entry.name.startsWith('.'),
      );
      expect(left.map((entry) => join(entry.parentPath, entry.name))).toEqual([]);
      const assets = await readdir(join(server.dataDir, 'assets'), { recursive: true, withFileTypes: true });
      const { id } = await server.client.get<{ id: string }>('/api/apps/already-here');
      expect(assets.filter((entry) => entry.isFile() && !entry.parentPath.includes(id)).map(({ name }) => name)).toEqual([]);
    });
  }
});
