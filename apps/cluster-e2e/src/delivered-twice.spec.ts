import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupJob, RestoreJob } from '@reprise/gateway-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Disturbed } from './support/disturbed.js';
import { HeardFacts } from './support/heard-facts.js';
import { grownApp, type Undisturbed, undisturbed } from './support/input.js';
import { violationsOf } from './support/invariants/index.js';
import { followBackup, restoreEnded, startBackup, startRestore } from './support/jobs.js';
import { OddReplicas, type Oddity } from './support/odd-replicas.js';
import { RunningCluster } from './support/running-cluster.js';
import { say } from './support/runs.js';

const INPUT = { times: 30, assets: 40 };
/** Ports differ from start to start, URLs of assets must not. */
const ENV = { REPRISE_BASE_URL: 'https://reprise.example.com' };
const ODDITY: Oddity = 'delivered-twice';
/** Who sends works or facts at all. */
const SENDERS = ['event-store', 'app-registry', 'contents', 'assets', 'backup-orchestrator'];

describe('A cluster in which each work and each fact comes twice over RabbitMQ, as at-least-once allows, and requests and broadcasts once', () => {
  let dataDir: string;
  let reference: Undisturbed;
  let cluster: RunningCluster;
  let odd: OddReplicas;
  let facts: HeardFacts;
  let disturbed: Disturbed;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-twice-'));
    cluster = await RunningCluster.start(ENV, dataDir);
    await grownApp(cluster.client, 'undisturbed', INPUT);
    reference = await undisturbed(cluster, 'undisturbed');
    await cluster.stop();
    odd = await OddReplicas.of(ODDITY);
    cluster = await RunningCluster.start({ ...ENV, ...odd.env }, dataDir);
    facts = await HeardFacts.listen(cluster.engine('rabbitmq').url);
    disturbed = new Disturbed(cluster, reference, () => 0, say, 'twice');
  }, 1_500_000);
  afterAll(async () => {
    await facts?.close();
    await cluster?.stop();
    await odd?.remove();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });

  const backupsOf = async (app: string) => (await cluster.client.get<{ items: BackupJob[] }>(`/api/apps/${app}/backups`)).items;
  const restores = async () => (await cluster.client.get<{ items: RestoreJob[] }>('/api/restores')).items;

  it('comes to the same app and the same archive, by one job each', { timeout: 900_000 }, async () => {
    const before = (await restores()).length;
    await disturbed.round({});
    await disturbed.round({});
    expect(disturbed.found).toEqual([]);
    expect(await restores()).toHaveLength(before + 2);
    for (const name of disturbed.names) expect(await backupsOf(name)).toMatchObject([{ status: 'Completed' }]);
  });

  it('starts one job for somebody who asks twice at once with the same key', { timeout: 900_000 }, async () => {
    const { client } = cluster;
    const [app] = disturbed.names;
    const ids = await Promise.all([startBackup(client, app!, 'asked-twice'), startBackup(client, app!, 'asked-twice')]);
    expect(new Set(ids).size).toBe(1);
    expect(await followBackup(client, app!, ids[0])).toMatchObject({ status: 'Completed' });
    expect(await backupsOf(app!)).toHaveLength(2);
    const copies = await Promise.all([startRestore(client, ids[0], 'twice-asked'), startRestore(client, ids[0], 'twice-asked')]);
    expect(new Set(copies).size).toBe(1);
    expect(await restoreEnded(client, copies[0])).toMatchObject({ status: 'Completed' });
    disturbed.names.push('twice-asked');
  });

  it('tells others each end of a job by one message, whatever the number of its copies', async () => {
    const jobs = (await restores()).filter(({ appName }) => disturbed.names.includes(appName!)).map(({ id }): [string, string] => [id, 'restore']);
    for (const name of disturbed.names) jobs.push(...(await backupsOf(name)).map(({ id }): [string, string] => [id, 'backup']));
    expect(jobs).toHaveLength(6);
    for (const [id, kind] of jobs) await expect.poll(() => facts.of(id)).toEqual([`reprise.${kind}.completed.v1`]);
    const copies = jobs.map(([id]) => facts.heard.filter(({ jobId }) => jobId === id).length);
    say(`Copies of the ${jobs.length} facts that others got: ${copies.join(', ')}.`);
    // Twice into the gateway's queue is twice for others, and no more.
    expect(Math.max(...copies)).toBeLessThanOrEqual(2);
  });

  it('leaves nothing behind', { timeout: 600_000 }, async () => {
    expect(await violationsOf(cluster.installation, disturbed.names)).toEqual([]);
  });

  it('deletes an app, whose name is free again and whose backups stay', async () => {
    const { client } = cluster;
    const [app] = disturbed.names;
    const archives = await backupsOf(app!);
    await client.delete(`/api/apps/${app}`);
    await client.post('/api/apps', { json: { name: app } });
    expect(await client.get(`/api/apps/${app}/assets`)).toMatchObject({ total: 0 });
    const kept = (await client.get<{ items: { id: string }[] }>('/api/backups')).items.map(({ id }) => id);
    expect(kept).toEqual(expect.arrayContaining(archives.map(({ id }) => id)));
  });

  it('has sent twice what each service sends', async () => {
    expect(await cluster.stop()).toBe(0);
    const doubled = odd.differences();
    say(`${disturbed.report()} What was sent twice, by service: ${JSON.stringify(doubled)}.`);
    expect(SENDERS.filter((service) => !doubled[service])).toEqual([]);
  });
});
