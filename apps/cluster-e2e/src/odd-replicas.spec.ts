import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Disturbed } from './support/disturbed.js';
import { grownApp, type Undisturbed, undisturbed } from './support/input.js';
import { violationsOf } from './support/invariants/index.js';
import { OddReplicas, type Oddity } from './support/odd-replicas.js';
import { RunningCluster, WORKERS } from './support/running-cluster.js';
import { say } from './support/runs.js';

const INPUT = { times: 30, assets: 40 };
const ROUNDS = 2;
/** Ports differ from start to start, URLs of assets must not. */
const ENV = { REPRISE_BASE_URL: 'https://reprise.example.com' };

describe('A cluster in which one replica of each worker service', () => {
  let dataDir: string;
  let reference: Undisturbed;
  let cluster: RunningCluster | undefined;
  let odd: OddReplicas | undefined;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-odd-data-'));
    cluster = await RunningCluster.start(ENV, dataDir);
    await grownApp(cluster.client, 'undisturbed', INPUT);
    reference = await undisturbed(cluster, 'undisturbed');
    await cluster.stop();
  }, 1_500_000);
  afterEach(async () => {
    await cluster?.stop();
    await odd?.remove();
    odd = undefined;
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });

  it.each<[string, Oddity]>([
    ['sends messages of the next version', 'next-version'],
    ['has a clock that is fifteen minutes before the others', 'other-time'],
  ])('%s comes to the same app and the same archive, and nothing is left behind', { timeout: 900_000 }, async (_, oddity) => {
    odd = await OddReplicas.of(oddity);
    cluster = await RunningCluster.start({ ...ENV, ...odd.env }, dataDir);
    const disturbed = new Disturbed(cluster, reference, () => 0, say, oddity);
    for (let round = 0; round < ROUNDS; round++) await disturbed.round({});
    await cluster.sweep();
    const violations = await violationsOf(cluster.installation, disturbed.names);
    expect([...disturbed.found, ...violations]).toEqual([]);
    expect(await cluster.stop()).toBe(0);
    const differences = odd.differences();
    say(`${oddity}: ${disturbed.report()} What was different, by service: ${JSON.stringify(differences)}.`);
    expect(WORKERS.filter((service) => !differences[service])).toEqual([]);
  });
});
