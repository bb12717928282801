import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import { Client } from 'minio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grownApp, undisturbed } from './support/input.js';
import { Databases, type Row } from './support/invariants/databases.js';
import { storedViolations, violationsOf } from './support/invariants/index.js';
import { restoreEnded } from './support/jobs.js';
import { RunningCluster } from './support/running-cluster.js';

const INPUT = { times: 4, assets: 6 };

describe('The checker of a cluster’s invariants', () => {
  let cluster: RunningCluster;
  let databases: Databases;
  let connection: S3Connection;
  let appId: string;
  let jobId: string;

  beforeAll(async () => {
    cluster = await RunningCluster.start({ REPRISE_REPLICAS: '1' });
    await grownApp(cluster.client, 'kept', INPUT);
    const { backupId, app } = await undisturbed(cluster, 'kept');
    [appId, jobId] = [app.id, backupId];
    databases = await Databases.connect(cluster.installation.mongoUrl, 'reprise');
    connection = new S3Connection(cluster.installation.s3);
  }, 1_500_000);
  afterAll(async () => {
    await databases?.close();
    connection?.close();
    await cluster?.stop();
  });

  it('is silent where all is well, also about an app that was deleted and a restore that failed', async () => {
    const { client } = cluster;
    await grownApp(client, 'deleted', INPUT);
    await undisturbed(cluster, 'deleted');
    await client.delete('/api/apps/deleted');
    const taken = await client.post<{ id: string }>('/api/restores', { json: { backupId: jobId, name: 'kept' } });
    expect((await restoreEnded(client, taken.id)).status).toBe('Failed');
    await cluster.sweep();
    expect(await violationsOf(cluster.installation, ['kept', 'deleted'])).toEqual([]);
  });

  it.each<[string, string, string, Row, RegExp]>([
    [
      'a segment of a job that is gone',
      'backup-orchestrator',
      'backup_segments',
      { _id: 'x/1', jobId: 'gone' },
      /segments of gone, which has ended or is gone/,
    ],
    [
      'a name that is reserved',
      'app-registry',
      'registry_apps',
      { _id: 'x', name: 'n', held: 'n', state: 'reserved', holder: 'job' },
      /name n is reserved by job/,
    ],
    ['a user whom nobody wants', 'app-registry', 'registry_users', { _id: 'x', email: 'e', key: 'e', real: false, reservations: [] }, /user e is not real/],
    ['a log that is still being filled', 'event-store', 'event_logs', { _id: 'x', state: 'importing' }, /log of x is still being filled/],
    ['a log that is no app’s', 'event-store', 'event_logs', { _id: 'x', state: 'open' }, /log of x is no app's/],
    ['events of a log that is gone', 'event-store', 'event_commits', { _id: 'x', app: 'x', first: 1, last: 1 }, /log of x is gone, but has events/],
    ['rows of an app that is gone', 'contents', 'read_rows', { _id: 'k/x/1', app: 'x' }, /read_rows of x in contents, which is no app/],
    ['tags of an app that is gone', 'assets', 'assets_apps', { _id: 'x', tags: [] }, /tags of x, which is no app/],
  ])('tells %s', async (_, service, name, row, told) => {
    const collection = databases.collection(service, name);
    await collection.insertOne(row);
    try {
      expect(await storedViolations(cluster.installation, 0)).toEqual([expect.stringMatching(told)]);
    } finally {
      await collection.deleteOne({ _id: row._id });
    }
  });

  it('tells a gap in a log', async () => {
    const commits = databases.collection('event-store', 'event_commits');
    const commit = (await commits.findOne({ app: appId, first: { $gt: 1 } }, { sort: { first: 1 } }))!;
    await commits.deleteOne({ _id: commit._id });
    try {
      expect(await storedViolations(cluster.installation, 0)).toContainEqual(expect.stringMatching(/The log of .* goes from 1 to \d+, but holds \d+ events/));
    } finally {
      await commits.insertOne(commit);
    }
  });

  it.each<[string, string, () => string, RegExp]>([
    ['an archive of an attempt that came late', 'archives', () => `archives/${jobId}.late.zip`, /archives\/archives\/.*\.late\.zip is nobody's/],
    ['a working file', 'archives', () => `jobs/${jobId}/part-1`, /part-1 is nobody's/],
    ['a fragment of an app that is gone', 'archives', () => 'fragments/gone/1-0/events-1-9', /is kept for an app that doesn't live/],
    ['a body of a message', 'archives', () => 'messages/m', /messages\/m is nobody's/],
    ['a file of an asset that is not there', 'assets', () => `${appId}/@9999`, /assets\/.*@9999 is nobody's/],
  ])('tells %s', async (_, folder, keyOf, told) => {
    const store = new S3ObjectStore(connection, { bucket: `reprise-${folder}`, folder });
    await store.put(keyOf(), Buffer.from('x'));
    try {
      expect(await storedViolations(cluster.installation, 0)).toEqual([expect.stringMatching(told)]);
    } finally {
      await store.delete(keyOf());
    }
  });

  it('tells an upload that no sweep ends', async () => {
    const { endpoint, accessKey, secretKey } = cluster.installation.s3;
    const { hostname, port } = new URL(endpoint);
    const client = new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey });
    const { items } = await cluster.client.get<{ items: unknown[] }>(`/api/apps/kept/backups`);
    expect(items).toHaveLength(1);
    const archives = new S3ObjectStore(connection, { bucket: 'reprise-archives', folder: 'archives' });
    for await (const { key } of archives.list(`archives/${jobId}.`)) {
      const name = `archives/${key}`;
      const id = await client.initiateNewMultipartUpload('reprise-archives', name, {});
      expect(await storedViolations(cluster.installation, 0)).toEqual([`An upload to reprise-archives/${name} is unfinished`]);
      await client.abortMultipartUpload('reprise-archives', name, id);
    }
    expect(await storedViolations(cluster.installation, 0)).toEqual([]);
  });
});
