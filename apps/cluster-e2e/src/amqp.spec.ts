import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HOW_TO_ENABLE_PIKA, pythonWithPika, rabbitControl } from '@reprise/engines';
import { type BackupJob, followRestore, restoreFile } from '@reprise/gateway-client';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningCluster } from './support/running-cluster.js';

const root = new URL('../../../', import.meta.url);
const EXAMPLE = fileURLToPath(new URL('examples/python/backup.py', root));
const SMALL = fileURLToPath(new URL('fixtures/archives/small.zip', root));
const PASSWORD = 'tests-only';
const python = await pythonWithPika();

describe('A cluster, asked over AMQP', () => {
  let cluster: RunningCluster;
  let folder: string;

  /** With the rights that the documentation gives whoever may call. */
  const addUser = async (name: string) => {
    const rabbit = cluster.engine('rabbitmq');
    await rabbitControl(rabbit, 'add_user', name, PASSWORD);
    await rabbitControl(
      rabbit,
      'set_permissions',
      '-p',
      '/',
      name,
      '^amq\\.gen-.*$',
      '^(reprise\\.requests|amq\\.gen-.*)$',
      '^(reprise\\.facts|amq\\.gen-.*)$',
    );
  };
  const urlAs = (user: string) => `amqp://${encodeURIComponent(user)}:${PASSWORD}@${new URL(cluster.engine('rabbitmq').url).host}`;
  const example = (user: string, app: string, archive: string) =>
    promisify(execFile)(python!.program, [EXAMPLE, app, archive], { env: { ...process.env, AMQP_URL: urlAs(user) } });
  const backupsOf = async (app: string) => {
    const { items } = await cluster.client.get<{ items: BackupJob[] }>(`/api/apps/${app}/backups`);
    return items.map(({ id, status }) => [id, status]);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-cluster-amqp-'));
    cluster = await RunningCluster.start({ REPRISE_AMQP_CLIENTS: 'backup-cron=root, reporter=shop:reports' });
    const { client } = cluster;
    for (const name of ['shop', 'other']) await followRestore(client, await restoreFile(client, SMALL, { name }));
    await client.post('/api/apps/shop/clients', { json: { id: 'reports' } });
    await client.post('/api/apps/other/clients', { json: { id: 'ci' } });
    for (const user of ['backup-cron', 'reporter', 'other:ci', 'somebody']) await addUser(user);
  }, 1_500_000);
  afterAll(async () => {
    await cluster?.stop();
    await python?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it.skipIf(!python)(`backs up for a Python program that has nothing of ours, which opens the archive (${HOW_TO_ENABLE_PIKA})`, async () => {
    const told = /^The backup [0-9a-f-]{36} is started\.\nIt is completed: \d+ events, 8 asset files\.\n.* is whole: \d+ entries, \d+ bytes\.\n$/;
    const { stdout } = await example('backup-cron', 'shop', join(folder, 'shop.zip'));
    expect(stdout).toMatch(told);
    expect(await backupsOf('shop')).toEqual([[/[0-9a-f-]{36}/.exec(stdout)![0], 'Completed']]);
  });

  /** The answer's type and code, for a user of the broker who asks for a backup of `shop`. */
  const refusalOf = async (user: string) => {
    const connection = await connect(urlAs(user));
    try {
      const channel = await connection.createConfirmChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      const answered = Promise.withResolvers<{ type: unknown; code: unknown }>();
      await channel.consume(
        queue,
        (message) => {
          const body = JSON.parse(message!.content.toString()) as { error?: { code: string } };
          answered.resolve({ type: message!.properties.type, code: body.error?.code });
        },
        { noAck: true },
      );
      channel.publish('reprise.requests', 'backup.start', Buffer.from('{"app":"shop"}'), {
        userId: user,
        replyTo: queue,
        messageId: randomUUID(),
        mandatory: true,
      });
      await channel.waitForConfirms();
      return await answered.promise;
    } finally {
      await connection.close();
    }
  };

  it.each([
    ['a client of the app who is no owner', 'reporter', 'auth.forbidden'],
    ['a client of another app', 'other:ci', 'apps.not-found'],
    ['a user of the broker who is no client', 'somebody', 'auth.unknown-client'],
  ])('refuses %s, and nothing starts', async (_, user, code) => {
    const before = await backupsOf('shop');
    expect(await refusalOf(user)).toEqual({ type: 'reprise.error.v1', code });
    expect(await backupsOf('shop')).toEqual(before);
  });

  it.skipIf(!python)('tells the Python program why it is refused', async () => {
    const refused = await example('reporter', 'shop', join(folder, 'refused.zip')).catch((error: unknown) => error);
    expect((refused as { stderr: string }).stderr).toContain('auth.forbidden');
  });
});
