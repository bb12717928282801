/**
 * `round-trip.mjs URL SECRET ARCHIVE COPY`: restores an archive by the gateway at URL, backs the app up and stores that backup as COPY.
 * For checks of an installation; it is in no image.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ApiClient, followRestore, makeBackup, restoreFile } from '@reprise/gateway-client';

/** Answers the counts of both jobs. Throws when one of them doesn't complete. */
export async function roundTrip({ url, secret, archive, copy, name = 'round-trip' }) {
  const client = new ApiClient({ url, clientId: 'root', clientSecret: secret });
  const restored = completed(await followRestore(client, await restoreFile(client, archive, { name })));
  const backup = completed(await makeBackup(client, name));
  const download = await fetch(url + backup._links.download.href);
  if (!download.ok) throw new Error(`The download was answered by ${download.status}.`);
  await pipeline(Readable.fromWeb(download.body), createWriteStream(copy));
  return { restored: figures(restored), backedUp: figures(backup) };
}

function completed(job) {
  if (job.status === 'Completed') return job;
  throw new Error(`A job ended as ${job.status}: ${JSON.stringify(job.error ?? job.log)}`);
}

function figures({ handledEvents, handledAssets, lostAssets = 0, started, stopped }) {
  return { events: handledEvents, assets: handledAssets, lost: lostAssets, ms: Date.parse(stopped) - Date.parse(started) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url, secret, archive, copy] = process.argv.slice(2);
  console.log(JSON.stringify(await roundTrip({ url, secret, archive, copy })));
}
