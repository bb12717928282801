import { seededRandom } from '@reprise/fault-injection';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disturbed } from './support/disturbed.js';
import { faultsOf } from './support/faults.js';
import { grownApp, type Undisturbed, undisturbed } from './support/input.js';
import { violationsOf } from './support/invariants/index.js';
import { RunningCluster } from './support/running-cluster.js';
import { faultCount, newSeed, say } from './support/runs.js';

const INPUT = { times: 80, assets: 120 };
const A_FAULT_MS = 300_000;

describe('Backups and restores while services and engines are killed', () => {
  let cluster: RunningCluster;
  let reference: Undisturbed;

  beforeAll(async () => {
    cluster = await RunningCluster.start();
    await grownApp(cluster.client, 'undisturbed', INPUT);
    reference = await undisturbed(cluster, 'undisturbed');
  }, 1_500_000);
  afterAll(() => cluster?.stop());

  it('come to the same app and the same archive, and nothing is left behind', { timeout: 600_000 + faultCount() * A_FAULT_MS }, async () => {
    const random = seededRandom(newSeed());
    const faults = faultsOf(cluster, random);
    const disturbed = new Disturbed(cluster, reference, random, say);
    for (let left = faultCount(); left > 0; left -= 2) await disturbed.round({ restore: [faults.next().value], backup: left > 1 ? [faults.next().value] : [] });
    await cluster.sweep();
    const violations = await violationsOf(cluster.installation, disturbed.names);
    say(disturbed.report());
    expect([...disturbed.found, ...violations]).toEqual([]);
  });
});
