import { setTimeout as pause } from 'node:timers/promises';
import {
  CuttingProxy,
  HOW_TO_ENABLE_MONGO,
  HOW_TO_ENABLE_RABBIT,
  HOW_TO_ENABLE_S3,
  hasMongo,
  hasRabbit,
  s3Servers,
  startMongo,
  startRabbit,
  type TestEngine,
} from '@reprise/engines';
import { seededRandom } from '@reprise/fault-injection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disturbed } from './support/disturbed.js';
import type { Fault } from './support/faults.js';
import { grownApp, type Undisturbed, undisturbed } from './support/input.js';
import { violationsOf } from './support/invariants.js';
import { RunningCluster } from './support/running-cluster.js';
import { faultCount, newSeed, say } from './support/runs.js';

const INPUT = { times: 30, assets: 60 };
const SLOW_MS = 150;
const SLOW_FOR_MS = 6_000;
const A_FAULT_MS = 300_000;
/** Two for each engine. */
const KINDS = 6;
const [S3] = s3Servers();
const canRun = hasRabbit() && hasMongo() && S3 !== undefined;

describe.skipIf(!canRun)(`Backups and restores over a bad network (${HOW_TO_ENABLE_RABBIT}; ${HOW_TO_ENABLE_MONGO}; ${HOW_TO_ENABLE_S3})`, () => {
  const engines: TestEngine[] = [];
  const proxies: { name: string; proxy: CuttingProxy }[] = [];
  let cluster: RunningCluster;
  let reference: Undisturbed;

  beforeAll(async () => {
    const [rabbit, mongo, s3] = await Promise.all([startRabbit(), startMongo(), S3!.start()]);
    engines.push(rabbit, mongo, s3);
    const through = async (name: string, url: string) => {
      const proxy = await CuttingProxy.start(url);
      proxies.push({ name, proxy });
      return Object.assign(new URL(url), { port: String(proxy.port) }).href.replace(/\/$/, '');
    };
    cluster = await RunningCluster.start({
      REPRISE_AMQP_URL: await through('rabbitmq', rabbit.url),
      REPRISE_MONGODB_URL: await through('mongodb', mongo.url),
      REPRISE_S3_ENDPOINT: await through('minio', s3.url),
      REPRISE_S3_ACCESS_KEY: s3.accessKey,
      REPRISE_S3_SECRET_KEY: s3.secretKey,
    });
    await grownApp(cluster.client, 'undisturbed', INPUT);
    reference = await undisturbed(cluster, 'undisturbed');
  }, 1_500_000);
  afterAll(async () => {
    await cluster?.stop();
    await Promise.all(proxies.map(({ proxy }) => proxy.stop()));
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  it('come to the same app and the same archive, and nothing is left behind', { timeout: 600_000 + faultCount(KINDS) * A_FAULT_MS }, async () => {
    const faults = proxies.flatMap(({ name, proxy }): Fault[] => [
      { name: `connections to ${name} cut`, inject: async () => proxy.cut() },
      {
        name: `connections to ${name} slow`,
        inject: async () => {
          proxy.delayMs = SLOW_MS;
          await pause(SLOW_FOR_MS);
          proxy.delayMs = 0;
        },
      },
    ]);
    const random = seededRandom(newSeed());
    const disturbed = new Disturbed(cluster, reference, random, say);
    // Each kind, however few faults there are to be.
    for (let n = 0; n < Math.max(faultCount(KINDS), KINDS); n += 2)
      await disturbed.round({ restore: faults[n % faults.length]!, backup: faults[(n + 1) % faults.length]! });
    const [rabbit, , { url: endpoint, accessKey, secretKey }] = engines as [TestEngine, TestEngine, TestEngine];
    const violations = await violationsOf({ client: cluster.client, amqpUrl: rabbit.url, s3: { endpoint, accessKey, secretKey } }, disturbed.names);
    say(disturbed.report());
    expect([...disturbed.found, ...violations]).toEqual([]);
  });
});
