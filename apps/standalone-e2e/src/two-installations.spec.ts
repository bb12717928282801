import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './support/fixtures.js';
import { backUp, restore, restoreFrom, startStandalone } from './support/standalone.js';
import { attachmentJson, eventTexts, readZip } from '@reprise/backup-testing';

describe('A backup of one installation', () => {
  let first: ServerProcess;
  let second: ServerProcess;

  beforeAll(async () => {
    [first, second] = await Promise.all([
      startStandalone({ env: { REPRISE_BASE_URL: 'https://first.example.com/cms' } }),
      startStandalone({
        env: { REPRISE_BASE_URL: 'https://second.example.org', REPRISE_ROOT_CLIENT_ID: 'admin', REPRISE_ROOT_CLIENT_SECRET: 'another-secret' },
      }),
    ]);
  });
  afterAll(() => Promise.all([first.stop(), second.stop()]));

  it('is restored by its link on another, with its people and addresses', async () => {
    const client = second.clientAs('admin', 'another-secret');
    await restore(first.client, fixture('small.zip'), 'moving-app');
    const { link, archive } = await backUp(first, 'moving-app');
    const known = await client.post<{ id: string; email: string }>('/api/user-management', {
      json: { email: 'OWNER@example.com', displayName: 'The owner', password: 'x', permissions: [] },
    });

    const job = await restoreFrom(client, link, 'moved-app');
    const { items } = await client.get<{ items: { contributorId: string; contributorEmail: string; role: string }[] }>('/api/apps/moved-app/contributors');
    expect(items).toContainEqual(expect.objectContaining({ contributorId: known.id, contributorEmail: 'OWNER@example.com', role: 'Owner' }));
    const oldUsers = attachmentJson<Record<string, string>>(await readZip(archive), 'users.json');
    const editor = items.find(({ contributorEmail }) => contributorEmail === 'editor+tag@example.com')!;
    expect(Object.keys(oldUsers)).not.toContain(editor.contributorId);
    expect(await client.get(`/api/user-management/${editor.contributorId}`)).toMatchObject({ email: 'editor+tag@example.com' });

    await client.post('/api/apps/moved-app/backups');
    const texts = eventTexts(await readZip(await newestArchive(client, second.url, 'moved-app'))).join('\n');
    expect(texts).toContain('https://second.example.org/api/assets/moved-app/');
    expect(texts).not.toContain('https://first.example.com/cms/api/assets/moving-app/');
    for (const [id, email] of Object.entries(oldUsers)) expect([email, texts.includes(`subject:${id}`)]).toEqual([email, false]);
    expect(job.handledEvents).toBe(73);
  });

  it('needs a token of the right installation, not of the other', async () => {
    await expect(first.clientAs('admin', 'another-secret').get('/api/apps')).rejects.toMatchObject({ status: 401 });
  });
});

async function newestArchive(client: ServerProcess['client'], url: string, app: string): Promise<Buffer> {
  for (;;) {
    const { items } = await client.get<{ items: { status: string; _links: Record<string, { href: string }> }[] }>(`/api/apps/${app}/backups`);
    if (items[0]?.status === 'Completed') return Buffer.from(await (await fetch(url + items[0]._links['download']!.href)).arrayBuffer());
    if (items[0] && items[0].status !== 'Created' && items[0].status !== 'Started') throw new Error(`The backup ended as ${items[0].status}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
