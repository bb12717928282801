import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '@reprise/gateway-client';
import { rabbitControl } from '@reprise/engines';
import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import { backupsThatDontVerify, namesInLimbo } from './at-the-gateway.js';
import { Databases } from './databases.js';
import { storedApps } from './stored-apps.js';
import { storedJobs } from './stored-jobs.js';
import { archiveStoreViolations, assetFilesOf, assetStoreViolations, type S3Address, UnfinishedUploads } from './stored-objects.js';

export interface Installation {
  client: ApiClient;
  amqpUrl: string;
  mongoUrl: string;
  s3: S3Address;
  /** `REPRISE_INSTALLATION`. @default 'reprise' */
  name?: string;
}

const SETTLED_WITHIN_MS = 180_000;
const LOOK_MS = 1_000;

/**
 * What must hold of an installation at rest, seen from outside and in its engines: one line for each thing that does not. `names`: those that restores
 * asked for. Waits a while for what is cleaned up after a job's end.
 */
export async function violationsOf(installation: Installation, names: readonly string[], settledWithinMs = SETTLED_WITHIN_MS): Promise<string[]> {
  const { client, amqpUrl } = installation;
  const apps = await client.get<{ id: string; name: string }[]>('/api/apps');
  const told = [...(await namesInLimbo(client, apps, names)), ...(await backupsThatDontVerify(client, apps))];
  return [...told, ...(await storedViolations(installation, settledWithinMs)), ...(await deadLetters(amqpUrl))];
}

/** What is in the engines and should not be, or is not and should, once nothing changes any more. */
export async function storedViolations({ mongoUrl, s3, name = 'reprise' }: Installation, settledWithinMs = SETTLED_WITHIN_MS): Promise<string[]> {
  const connection = new S3Connection(s3);
  const [archives, assets] = ['archives', 'assets'].map((folder) => new S3ObjectStore(connection, { bucket: `${name}-${folder}`, folder })) as [
    S3ObjectStore,
    S3ObjectStore,
  ];
  const databases = await Databases.connect(mongoUrl, name);
  try {
    const look = async () => {
      const { violations: ofJobs, ...owners } = await storedJobs(databases);
      const { violations: ofApps, living, kept, avatars } = await storedApps(databases, owners.running);
      const files = await assetFilesOf(kept, mongoUrl, name);
      return [
        ...ofJobs,
        ...ofApps,
        ...(await archiveStoreViolations(archives, { ...owners, living })),
        ...(await assetStoreViolations(assets, databases, files, avatars)),
      ];
    };
    let found = await look();
    for (const deadline = performance.now() + settledWithinMs; found.length > 0 && performance.now() < deadline; found = await look()) await pause(LOOK_MS);
    const uploads = new UnfinishedUploads(s3, [`${name}-archives`, `${name}-assets`]);
    await uploads.note();
    // What a killed process left of an upload is the sweep's to end; a day is what it waits for, in case it isn't dead.
    for (const store of [archives, assets]) await store.sweep(0);
    return [...found, ...(await uploads.violations())];
  } finally {
    await databases.close();
    connection.close();
  }
}

async function deadLetters(url: string): Promise<string[]> {
  const queues = JSON.parse(await rabbitControl({ url }, 'list_queues', 'name', 'messages', '--formatter=json')) as { name: string; messages: number }[];
  return queues
    .filter(({ name, messages }) => name.endsWith('.dead') && messages > 0)
    .map(({ name, messages }) => `${messages} messages were given up in ${name}.`);
}
