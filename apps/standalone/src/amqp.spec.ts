import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RepriseClient } from '@reprise/client';
import type { FactContract } from '@reprise/contracts';
import { AmqpInterface, BrokerClients } from '@reprise/gateway-amqp';
import { ApiClient, followRestore, restoreFile } from '@reprise/gateway-client';
import { SilentLogger } from '@reprise/kernel';
import { encodeBody, MessageBus, type FactSubscription } from '@reprise/messaging-core';
import { HOW_TO_ENABLE_PIKA, HOW_TO_ENABLE_RABBIT, hasRabbit, pythonWithPika, startRabbit, type TestEngine } from '@reprise/engines';
import { freePort } from '@reprise/server-process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.js';
import { type Server, startServer } from './server.js';

const root = new URL('../../../', import.meta.url);
const EXAMPLE = fileURLToPath(new URL('examples/python/backup.py', root));
const SMALL = fileURLToPath(new URL('fixtures/archives/small.zip', root));
/** Not the name that one has by itself, so that all that names it is tried. */
const INSTALLATION = 'blue';
const python = hasRabbit() ? await pythonWithPika() : undefined;

/** The interface beside services that have a transport within the process: it hears their facts as they are published. */
class TellingBus extends MessageBus {
  constructor(
    private readonly bus: MessageBus,
    private readonly listeners: readonly FactSubscription[],
  ) {
    super();
  }

  request: MessageBus['request'] = (contract, body, options) => this.bus.request(contract, body, options);
  enqueue: MessageBus['enqueue'] = (contract, body, options) => this.bus.enqueue(contract, body, options);
  broadcast: MessageBus['broadcast'] = (contract, body, options) => this.bus.broadcast(contract, body, options);

  async publish<Body>(contract: FactContract<Body>, body: Body): Promise<void> {
    const delivery = { name: contract.name, version: 1, messageId: 'm', correlationId: 'c', attempt: 1, body: encodeBody(body) };
    await this.listeners.find(({ name }) => name === contract.name)?.handle(delivery);
    await this.bus.publish(contract, body);
  }
}

describe.skipIf(!hasRabbit())(`Real services, asked over AMQP (${HOW_TO_ENABLE_RABBIT})`, () => {
  let rabbit: TestEngine;
  let folder: string;
  let server: Server;
  let client: RepriseClient;
  let api: ApiClient;
  /** Which client the broker's user is, as a test needs it. */
  const clients = new Map([['guest', 'root']]);
  let amqp: AmqpInterface | undefined;

  const beside = (bus: MessageBus, baseUrl: string): MessageBus => {
    amqp = new AmqpInterface({
      urls: [rabbit.url],
      name: 'tests',
      bus,
      clients: new BrokerClients(clients),
      baseUrl,
      logger: new SilentLogger(),
      installation: INSTALLATION,
    });
    return new TellingBus(bus, amqp.subscriptions);
  };

  beforeAll(async () => {
    rabbit = await startRabbit();
    folder = await mkdtemp(join(tmpdir(), 'reprise-amqp-'));
    const port = await freePort();
    const config = readConfig({
      PORT: String(port),
      REPRISE_DATA_DIR: folder,
      REPRISE_ROOT_CLIENT_SECRET: 'here',
      REPRISE_BASE_URL: `http://127.0.0.1:${port}`,
    });
    const around = <Port extends object>(token: unknown, adapter: Port): Port =>
      token === MessageBus ? (beside(adapter as unknown as MessageBus, config.baseUrl) as unknown as Port) : adapter;
    server = await startServer(config, new SilentLogger(), '0.0.0', around);
    await amqp!.start();
    api = new ApiClient({ url: config.baseUrl, clientId: 'root', clientSecret: 'here' });
    await followRestore(api, await restoreFile(api, SMALL, { name: 'shop' }));
    client = await RepriseClient.connect({ url: rabbit.url, installation: INSTALLATION });
  }, 180_000);
  afterAll(async () => {
    await client?.close();
    await amqp?.stop();
    await server?.close();
    await rabbit?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await python?.remove();
  });

  it.skipIf(!python)(
    `a Python program that has nothing of ours gets a backup, and opens it (${HOW_TO_ENABLE_PIKA})`,
    async () => {
      const archive = join(folder, 'python.zip');
      const env = { ...process.env, AMQP_URL: rabbit.url, REPRISE_INSTALLATION: INSTALLATION };
      const { stdout } = await promisify(execFile)(python!.program, [EXAMPLE, 'shop', archive], { env });
      expect(stdout).toMatch(/The backup [0-9a-f-]{36} is started\.\nIt is completed: 73 events, 8 asset files\.\n.* is whole: \d+ entries, \d+ bytes\.\n$/);
      const refused = await promisify(execFile)(python!.program, [EXAMPLE, 'nothing-of-that-name', archive], { env }).catch((error: unknown) => error);
      expect((refused as { stderr: string }).stderr).toContain('apps.not-found');
    },
    120_000,
  );

  it('our client backs up, downloads by the link, and restores from the backup', async () => {
    const { jobId } = await client.startBackup('shop', { messageId: 'once' });
    expect(await client.startBackup('shop', { messageId: 'once' })).toEqual({ jobId });
    const backup = await client.backupEnded(jobId);
    expect(backup).toMatchObject({ status: 'Completed', handledEvents: 73, handledAssets: 8 });
    const download = await fetch(backup.archive!.url);
    expect([download.status, (await download.arrayBuffer()).byteLength]).toEqual([200, backup.archive!.size]);

    const { jobId: restoreId } = await client.startRestore({ url: backup.archive!.url, name: 'copy' });
    expect(await client.restoreEnded(restoreId)).toMatchObject({ status: 'Completed', app: { name: 'copy' }, handledEvents: 73 });
    await client.cancel(restoreId);
    expect(await client.restore(restoreId)).toMatchObject({ status: 'Completed' });
    await expect(client.backup(restoreId)).rejects.toMatchObject({ code: 'backups.not-found' });
    await expect(client.restore('no-such-job')).rejects.toMatchObject({ code: 'restores.not-found' });
  }, 120_000);

  describe('a caller', () => {
    const started = async () => (await api.get<{ items: unknown[] }>('/api/apps/shop/jobs')).items.length;
    const refused = async (code: string) => {
      const before = await started();
      await expect(client.startBackup('shop')).rejects.toMatchObject({ code });
      await expect(client.startRestore({ url: 'http://127.0.0.1/archive.zip' })).rejects.toMatchObject({ code });
      expect(await started()).toBe(before);
    };
    afterEach(() => clients.set('guest', 'root'));

    it('who may only read the app is refused, and nothing is started', async () => {
      const { items } = await api.get<{ items: { id: string; role: string }[] }>('/api/apps/shop/clients');
      expect(items).toContainEqual(expect.objectContaining({ id: 'mobile', role: 'Reader' }));
      clients.set('guest', 'shop:mobile');
      await refused('auth.forbidden');
    });

    it('whose client is revoked is nobody from then on', async () => {
      await api.post('/api/apps/shop/clients', { json: { id: 'cron' } });
      clients.set('guest', 'shop:cron');
      await refused('auth.forbidden');
      await api.delete('/api/apps/shop/clients/cron');
      await refused('auth.unknown-client');
    });
  });
});
