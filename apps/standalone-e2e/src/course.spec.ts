import { ApiError, differences, readApp, type BackupJob } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squidexSays } from './support/accepts.js';
import { fixture } from './support/fixtures.js';
import { appNames, backUp, restore, restoreFrom, startStandalone } from './support/standalone.js';

describe('An app that was restored', () => {
  let server: ServerProcess;
  let link: string;

  beforeAll(async () => {
    server = await startStandalone({ env: { REPRISE_MAX_BACKUPS_PER_APP: '3' } });
    await restore(server.client, fixture('unicode.zip'), 'first-life');
  });
  afterAll(() => server.stop());

  it('changes by commands like any other', async () => {
    const { client } = server;
    await client.post('/api/apps/first-life/languages', { json: { language: 'it' } });
    await client.post('/api/apps/first-life/clients', { json: { id: 'frontend' } });
    await client.post('/api/apps/first-life/contributors', { json: { contributorId: 'new.person@example.com', role: 'Editor', invite: true } });
    const schema = {
      name: 'notes',
      isPublished: true,
      fields: [
        { name: 'text', partitioning: 'invariant', properties: { fieldType: 'String' } },
        { name: 'big', partitioning: 'invariant', properties: { fieldType: 'Number' } },
      ],
    };
    await client.post('/api/apps/first-life/schemas', { json: schema });
    const notes = '/api/content/first-life/notes';
    const data = '{"text":{"iv":"naïve \\ud83d\\ude00 \\ud800"},"big":{"iv":12345678901234567890}}';
    const { id } = await client.post<{ id: string }>(`${notes}?publish=true`, { text: data });
    const shown = await (await client.send('GET', `${notes}/${id}`)).text();
    expect(shown).toContain('12345678901234567890');
    await client.put(`${notes}/${id}`, { text: '{"text":{"iv":"changed"},"big":{"iv":1.0}}' });
    expect(await client.get(`${notes}/${id}`)).toMatchObject({ version: 2, status: 'Published', data: { text: { iv: 'changed' } } });
    const gone = await client.post<{ id: string }>(notes, { text: '{"text":{"iv":"draft"}}' });
    await client.delete(`${notes}/${gone.id}`);
    await expect(client.get(`${notes}/${gone.id}`, { 'x-unpublished': 'true' })).rejects.toMatchObject({ status: 404 });

    const form = new FormData();
    form.set('file', new Blob(['version 0'], { type: 'text/plain' }), 'Grüße 😀.txt');
    const asset = await client.post<{ id: string }>('/api/apps/first-life/assets', { form });
    const next = new FormData();
    next.set('file', new Blob(['version 1'], { type: 'text/plain' }), 'next.txt');
    expect(await client.put(`/api/apps/first-life/assets/${asset.id}/content`, { form: next })).toMatchObject({ fileVersion: 1, fileSize: 9 });
    await client.put(`/api/apps/first-life/assets/${asset.id}`, { json: { tags: ['Neu', 'größe'] } });
    const [other] = (await client.get<{ items: { id: string }[] }>('/api/apps/first-life/assets')).items.filter(({ id: other }) => other !== asset.id);
    await client.delete(`/api/apps/first-life/assets/${other!.id}`);
    await expect(client.get(`/api/apps/first-life/assets/${other!.id}`)).rejects.toMatchObject({ status: 404 });
  });

  it('backs up to an archive that Squidex takes', async () => {
    const { archive, link: made } = await backUp(server, 'first-life');
    link = made;
    expect((await squidexSays(archive, { strict: true })) ?? 'ACCEPTED').toBe('ACCEPTED');
  });

  it('lives on beside the one that its backup becomes, and both are the same', async () => {
    const before = await readApp(server.client, 'first-life');
    await restoreFrom(server.client, link, 'second-life');
    expect(differences(before, await readApp(server.client, 'second-life'))).toEqual([]);
    await server.client.post('/api/apps/second-life/languages', { json: { language: 'sv' } });
    expect(differences(before, await readApp(server.client, 'first-life'))).toEqual([]);
    expect(await appNames(server.client)).toEqual(['first-life', 'second-life']);
  });

  it('has as many backups as it may, and one more when one is deleted', async () => {
    await backUp(server, 'first-life');
    await backUp(server, 'first-life');
    const refused = await server.client.post('/api/apps/first-life/backups').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 400, message: 'You cannot have more than 3 backups.' });
    const { items } = await server.client.get<{ items: BackupJob[] }>('/api/apps/first-life/backups');
    expect(items.length).toBe(3);
    expect(items.map(({ started }) => started)).toEqual(
      items
        .map(({ started }) => started)
        .toSorted()
        .toReversed(),
    );
    await server.client.delete(`/api/apps/first-life/backups/${items[0]!.id}`);
    await backUp(server, 'first-life');
  });

  it('is outlived by its backups', async () => {
    await server.client.delete('/api/apps/first-life');
    expect(await appNames(server.client)).toEqual(['second-life']);
    const archives = await server.client.get<{ items: (BackupJob & { appName: string })[] }>('/api/backups');
    expect(archives.items.map(({ appName }) => appName)).toEqual(['first-life', 'first-life', 'first-life']);
    expect((await fetch(link)).status).toBe(200);
    await restoreFrom(server.client, link, 'first-life');
    expect(await appNames(server.client)).toEqual(['first-life', 'second-life']);
  });

  it('leaves archives that can be verified when it is gone', async () => {
    const newest = async () => (await server.client.get<{ items: BackupJob[] }>('/api/backups')).items[0]!;
    await server.client.post((await newest())._links['verify']!.href);
    await expect.poll(async () => (await newest()).verified, { timeout: 20_000 }).toMatchObject({ ok: true });
  });

  it('leaves archives that can be deleted, though another app has its name now', async () => {
    const archives = async () => (await server.client.get<{ items: BackupJob[] }>('/api/backups')).items;
    const [newest] = await archives();
    await expect(server.client.delete(`/api/apps/first-life/backups/${newest!.id}`)).rejects.toMatchObject({ status: 404 });
    await server.client.delete(newest!._links['delete']!.href);
    expect((await archives()).map(({ id }) => id)).not.toContain(newest!.id);
  });

  it('gives its archive in ranges to those who have a link or a token, and to nobody else', async () => {
    const whole = Buffer.from(await (await fetch(link)).arrayBuffer());
    const part = await fetch(link, { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true);
    const bare = link.split('&')[0]!;
    expect((await fetch(bare)).status).toBe(404);
    expect((await fetch(link.replace(/signature=./, 'signature=_'))).status).toBe(404);
    expect((await server.client.send('GET', bare)).status).toBe(200);
  });
});
