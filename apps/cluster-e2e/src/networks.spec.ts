import {
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
import { grownApp, type Undisturbed, undisturbed } from './support/input.js';
import { violationsOf } from './support/invariants/index.js';
import { cut, Network, silent, slow } from './support/network/network.js';
import { RunningCluster } from './support/running-cluster.js';
import { faultCount, newSeed, say } from './support/runs.js';

const INPUT = { times: 30, assets: 60 };
/** Each of 17 pairs cut and slowed, and one silent. */
const A_PASS = 35;
const PASSES = Math.ceil(faultCount(A_PASS) / A_PASS);
const A_PASS_MS = 1_500_000;
const [S3] = s3Servers();
const canRun = hasRabbit() && hasMongo() && S3 !== undefined;

describe.skipIf(!canRun)(`Backups and restores over a bad network (${HOW_TO_ENABLE_RABBIT}; ${HOW_TO_ENABLE_MONGO}; ${HOW_TO_ENABLE_S3})`, () => {
  const engines: TestEngine[] = [];
  let network: Network;
  let cluster: RunningCluster;
  let reference: Undisturbed;

  beforeAll(async () => {
    const [rabbitmq, mongodb, minio] = await Promise.all([startRabbit(), startMongo(), S3!.start()]);
    engines.push(rabbitmq, mongodb, minio);
    network = await Network.between({ rabbitmq, mongodb, minio });
    cluster = await RunningCluster.start(network.env);
    await grownApp(cluster.client, 'undisturbed', INPUT);
    reference = await undisturbed(cluster, 'undisturbed');
  }, 1_500_000);
  afterAll(async () => {
    await cluster?.stop();
    await network?.stop();
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  it('come to the same app and the same archive, and nothing is left behind', { timeout: 600_000 + PASSES * A_PASS_MS }, async () => {
    const random = seededRandom(newSeed());
    const disturbed = new Disturbed(cluster, reference, random, say);
    const pairs = network.used;
    // The gateway has no database; everybody else talks to everything.
    expect(network.pairs.filter((pair) => !pairs.includes(pair)).map(({ service, engine }) => `${service} ${engine}`)).toEqual(['gateway mongodb']);
    const listening = pairs.filter(({ service, engine }) => service !== 'gateway' && engine !== 'minio');
    for (let pass = 0; pass < PASSES; pass++) {
      // Pairs of one service share a job, one after the other.
      for (const ofService of Map.groupBy(pairs, ({ service }) => service).values()) {
        const [restore, backup] = random() < 0.5 ? [cut, slow] : [slow, cut];
        await disturbed.round({ restore: ofService.map(restore), backup: ofService.map(backup) });
      }
      await disturbed.round({ restore: [silent(listening[Math.floor(random() * listening.length)]!)] });
    }
    const [rabbit, mongo, { url: endpoint, accessKey, secretKey }] = engines as [TestEngine, TestEngine, TestEngine];
    const installation = { client: cluster.client, amqpUrl: rabbit.url, mongoUrl: mongo.url, s3: { endpoint, accessKey, secretKey } };
    await cluster.sweep();
    const violations = await violationsOf(installation, disturbed.names);
    say(disturbed.report());
    expect([...disturbed.found, ...violations]).toEqual([]);
  });
});
