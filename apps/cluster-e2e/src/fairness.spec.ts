import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grownApp } from './support/input.js';
import { backupOf, followBackup, startBackup } from './support/jobs.js';
import { RunningCluster } from './support/running-cluster.js';
import { say } from './support/runs.js';

const SMALL_APPS = 19;
/** How much larger one app is than the others. */
const FACTOR = Number(process.env['REPRISE_FACTOR'] ?? 1_000);

describe('Twenty apps that are backed up at once', () => {
  let cluster: RunningCluster;
  const small = Array.from({ length: SMALL_APPS }, (_, index) => `small-${index}`);
  beforeAll(async () => {
    cluster = await RunningCluster.start();
    await grownApp(cluster.client, 'large', { times: FACTOR * 3, assets: 0 });
    for (const name of small) await cluster.client.post('/api/apps', { json: { name } });
    await Promise.all(small.map((name) => fill(name)));
  }, 3_600_000);
  afterAll(() => cluster?.stop());

  /** A schema and contents, about as much as the large app has when it is divided by the factor. */
  async function fill(app: string): Promise<void> {
    const fields = [{ name: 'text', partitioning: 'invariant', properties: { fieldType: 'String' } }];
    await cluster.client.post(`/api/apps/${app}/schemas`, { json: { name: 'notes', isPublished: true, fields } });
    for (let n = 0; n < 60; n++) await cluster.client.post(`/api/content/${app}/notes`, { json: { text: { iv: `${n}` } } });
  }

  it('are not kept waiting by one that is much larger', { timeout: 3_600_000 }, async () => {
    const { client } = cluster;
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1_000;
    const large = await startBackup(client, 'large', 'large');
    const ended = await Promise.all(
      small.map(async (name) => {
        const job = await followBackup(client, name, await startBackup(client, name, name));
        return { status: job.status, at: seconds(), largeEnded: (await backupOf(client, 'large', large)).stopped !== undefined };
      }),
    );
    const last = await followBackup(client, 'large', large);
    const largeAt = seconds();
    say(
      `${SMALL_APPS} small apps ended after ${Math.min(...ended.map(({ at }) => at)).toFixed(1)} to ${Math.max(...ended.map(({ at }) => at)).toFixed(1)} s, the large one with ${last.handledEvents} events after ${largeAt.toFixed(1)} s`,
    );
    expect([last.status, ...ended.map(({ status }) => status)]).toEqual(Array.from({ length: SMALL_APPS + 1 }, () => 'Completed'));
    expect(ended.filter(({ largeEnded }) => largeEnded)).toEqual([]);
  });
});
