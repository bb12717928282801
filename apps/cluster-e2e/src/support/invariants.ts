import type { ApiClient, RestoreJob } from '@reprise/gateway-client';
import { checkBackup, isFinished } from '@reprise/gateway-client';
import { rabbitControl } from '@reprise/engines';
import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import { backupOf } from './jobs.js';
import { until } from './running-cluster.js';

export interface Installation {
  client: ApiClient;
  amqpUrl: string;
  s3: { endpoint: string; accessKey: string; secretKey: string };
}

const SETTLED_WITHIN_MS = 180_000;

/**
 * What must hold of an installation at rest, seen from outside: one line for each thing that does not. `names`: those that restores asked for. Waits a
 * while for what is cleaned up after a job's end.
 */
export async function violationsOf({ client, amqpUrl, s3 }: Installation, names: readonly string[]): Promise<string[]> {
  const connection = new S3Connection(s3);
  const archives = new S3ObjectStore(connection, { bucket: 'reprise-archives', folder: 'archives' });
  const assets = new S3ObjectStore(connection, { bucket: 'reprise-assets', folder: 'assets' });
  try {
    const { items: restores } = await client.get<{ items: RestoreJob[] }>('/api/restores');
    const open = restores.filter((job) => !isFinished(job)).map(({ id, status }) => `The restore ${id} is ${status}.`);
    const apps = await client.get<{ id: string; name: string }[]>('/api/apps');
    const ids = new Set(apps.map(({ id }) => id));
    const leftovers = async () => [
      ...(await keysOf(archives, ['jobs/', 'uploads/'])).map((key) => `The object ${key} of the archives is nobody's.`),
      ...(await keysOf(assets, [''])).filter((key) => !ids.has(key.split('/')[0]!)).map((key) => `The object ${key} of the assets is no app's.`),
    ];
    await until(async () => (await leftovers()).length === 0, SETTLED_WITHIN_MS).catch(() => undefined);
    const nobodys = await leftovers();
    // What a killed process left of an upload is the sweep's to end; a day is what it waits for, in case it isn't dead.
    for (const store of [archives, assets]) await store.sweep(0);
    for (const store of [archives, assets]) if ((await store.sweep(0)) > 0) nobodys.push('The sweep leaves unfinished uploads.');
    return [...open, ...nobodys, ...(await deadLetters(amqpUrl)), ...(await namesInLimbo(client, apps, names)), ...(await backupsThatDontVerify(client, apps))];
  } finally {
    connection.close();
  }
}

async function keysOf(store: S3ObjectStore, prefixes: string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of prefixes) for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

async function deadLetters(url: string): Promise<string[]> {
  const queues = JSON.parse(await rabbitControl({ url }, 'list_queues', 'name', 'messages', '--formatter=json')) as { name: string; messages: number }[];
  return queues
    .filter(({ name, messages }) => name.endsWith('.dead') && messages > 0)
    .map(({ name, messages }) => `${messages} messages were given up in ${name}.`);
}

/** A name is an app's, or somebody else can have it. */
async function namesInLimbo(client: ApiClient, apps: { name: string }[], names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if (apps.some((app) => app.name === name)) continue;
    await client.post('/api/apps', { json: { name } }).catch((error: Error) => found.push(`The name ${name} is neither taken nor free: ${error.message}`));
  }
  return found;
}

async function backupsThatDontVerify(client: ApiClient, apps: { name: string }[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of apps) {
    const { items } = await client.get<{ items: { id: string; status: string }[] }>(`/api/apps/${name}/backups`);
    found.push(...items.filter(({ status }) => status !== 'Completed' && status !== 'Failed').map(({ id, status }) => `The backup ${id} is ${status}.`));
    const latest = items.find(({ status }) => status === 'Completed');
    if (!latest) continue;
    const { status, result } = await checkBackup(client, name, latest.id, 'verify');
    if (status !== 'Completed' || !result?.ok) found.push(`The backup ${latest.id} of ${name} does not verify: ${JSON.stringify(result)}`);
    if (!(await backupOf(client, name, latest.id)).verified?.ok) found.push(`Nobody hears that the backup ${latest.id} was verified.`);
  }
  return found;
}
