import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { deadQueueOf } from '@reprise/amqp';
import { RepriseClient } from '@reprise/client';
import { factsOf, publicFacts, requestsOf } from '@reprise/contracts';
import { HOW_TO_ENABLE_RABBIT, hasRabbit, startRabbit, type TestEngine } from '@reprise/engines';
import { freePorts } from '@reprise/server-process';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

describe.skipIf(!hasRabbit())(`The process of the gateway (${HOW_TO_ENABLE_RABBIT})`, () => {
  const installation = `t-${randomUUID().slice(0, 8)}`;
  const requests = requestsOf(installation);
  let rabbit: TestEngine;
  let gateway: ChildProcess;
  let health: number;
  let connection: ChannelModel;
  let channel: Channel;

  beforeAll(async () => {
    rabbit = await startRabbit();
    const [port, healthPort] = (await freePorts(2)) as [number, number];
    health = healthPort;
    // No store and no database: what is looked at here needs neither.
    const env = {
      PORT: String(port),
      REPRISE_HEALTH_PORT: String(health),
      REPRISE_INSTALLATION: installation,
      REPRISE_AMQP_URL: rabbit.url,
      REPRISE_MONGODB_URL: 'mongodb://127.0.0.1:1',
      REPRISE_S3_ENDPOINT: 'http://127.0.0.1:1',
      REPRISE_S3_ACCESS_KEY: 'none',
      REPRISE_S3_SECRET_KEY: 'none',
    };
    gateway = spawn(process.execPath, [fileURLToPath(new URL('main.js', import.meta.url))], { env, stdio: 'ignore' });
    connection = await connect(rabbit.url);
    channel = await connection.createChannel();
    await vi.waitFor(async () => expect(await lacking()).toEqual(['object store']), { timeout: 60_000, interval: 200 });
  }, 180_000);
  afterAll(async () => {
    const gone = once(gateway, 'exit');
    gateway.kill('SIGKILL');
    await gone;
    const facts = Object.keys(publicFacts).map((fact) => `${installation}.fact.${fact}@amqp`);
    for (const queue of [requests, ...facts]) for (const name of [queue, deadQueueOf(queue)]) await channel.deleteQueue(name);
    const kinds = ['request', 'work', 'fact', 'broadcast'].map((kind) => `${installation}.${kind}`);
    for (const exchange of [requests, deadQueueOf(requests), factsOf(installation), ...kinds]) await channel.deleteExchange(exchange);
    await connection.close();
    await rabbit.stop();
  });

  const ask = (path: string) => fetch(`http://127.0.0.1:${health}${path}`).catch(() => undefined);
  const lacking = async () => ((await (await ask('/readyz'))?.json()) as { lacking?: string[] } | undefined)?.lacking;
  const metrics = async () => (await ask('/metrics'))!.text();

  it('is not ready while its AMQP interface takes no requests, and says so', async () => {
    await channel.deleteQueue(requests);
    // A queue of another kind in its place keeps it from taking requests for as long as it is there.
    await channel.assertQueue(requests, { durable: false });
    await expect.poll(lacking).toEqual(['broker', 'object store']);
    expect((await ask('/readyz'))!.status).toBe(503);
    expect(await metrics()).toContain('reprise_messaging_ready{way="callers"} 0\n');
    await channel.deleteQueue(requests);
    await expect.poll(lacking).toEqual(['object store']);
    expect(await metrics()).toContain('reprise_messaging_ready{way="callers"} 1\n');
  });

  it('counts for Prometheus what comes and goes', async () => {
    const client = await RepriseClient.connect({ url: rabbit.url, installation });
    // Nobody is named like the broker's guest: it is refused without a service.
    await expect(client.startBackup('shop')).rejects.toMatchObject({ code: 'auth.unknown-client' });
    await client.close();
    const response = (await ask('/metrics'))!;
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const lines = (await response.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE reprise_messaging_requests_total counter',
        'reprise_messaging_requests_total{way="callers"} 1',
        'reprise_messaging_refused_total{way="callers"} 1',
        'reprise_messaging_handled_total{way="services"} 0',
        'reprise_messaging_dead_total{way="services"} 0',
        'reprise_messaging_late_total{way="services"} 0',
      ]),
    );
    for (const line of lines) expect(line).toMatch(/^(|# (HELP|TYPE) reprise_\w+ .+|reprise_\w+\{way="\w+"\} \d+)$/);
  });
});
