/**
 * `node bench/next-backup.mjs ARCHIVE.zip [TIMES]`: restores an archive into a server of its own, then TIMES times (3): backs the app up with nothing
 * kept from before, writes 1 % new events, backs it up again, and copies the archive with `cp`. Prints each, and how much the next backup takes beside
 * the copy as a part of the first: (next − 1.5 × cp) / first, the median, beside its goal. The build must be fresh.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { followRestore, isFinished, restoreFile } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';

const [archive, times = '3'] = process.argv.slice(2);
if (!archive) throw new Error('Usage: node bench/next-backup.mjs ARCHIVE.zip [TIMES]');
const GOAL = 0.05;
const APP = 'bench';
const SCHEMA = 'bench-notes';
const AT_ONCE = 8;
const LOOK_MS = 10;

function completed(job) {
  if (job.status !== 'Completed') throw new Error(`The job ended as ${job.status}: ${job.error?.message}`);
  return job;
}

/** Looks often, so that the time is the job's and not the pause between two looks. */
async function backUp(client) {
  const started = performance.now();
  const answer = await client.send('POST', `/api/apps/${APP}/backups`);
  const id = answer.headers.get('location').split('/').at(-1);
  for (;;) {
    await pause(LOOK_MS);
    const job = (await client.get(`/api/apps/${APP}/backups`)).items.find((item) => item.id === id);
    if (isFinished(job)) return { job: completed(job), seconds: (performance.now() - started) / 1_000 };
  }
}

/** Contents of one event each, of a usual size. */
async function write(client, count) {
  const text = JSON.stringify({ text: { iv: 'What somebody wrote. '.repeat(25) } });
  let left = count;
  const writer = async () => {
    while (left-- > 0) await client.post(`/api/content/${APP}/${SCHEMA}`, { text });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
}

function copySeconds(folder) {
  const [from, to] = [join(folder, newest(folder)), join(folder, 'copy')];
  const started = performance.now();
  execFileSync('cp', [from, to]);
  const seconds = (performance.now() - started) / 1_000;
  rmSync(to);
  return seconds;
}

/** There is one archive at a time: each is deleted once it is measured. */
function newest(folder) {
  return readdirSync(folder).find((name) => name.endsWith('.zip'));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const server = await ServerProcess.start({ main: fileURLToPath(new URL('../apps/standalone/dist/main.js', import.meta.url)) });
try {
  const { client } = server;
  const { handledEvents } = completed(await followRestore(client, await restoreFile(client, archive, { name: APP })));
  const fields = [{ name: 'text', partitioning: 'invariant', properties: { fieldType: 'String' } }];
  await client.post(`/api/apps/${APP}/schemas`, { json: { name: SCHEMA, isPublished: true, fields } });
  const archives = join(server.dataDir, 'archives');
  const runs = [];
  for (let run = 0; run < Number(times); run++) {
    rmSync(join(archives, 'fragments'), { recursive: true, force: true });
    const first = await backUp(client);
    await client.delete(`/api/apps/${APP}/backups/${first.job.id}`);
    await write(client, Math.round(handledEvents / 100));
    const next = await backUp(client);
    const copy = median([0, 1, 2].map(() => copySeconds(join(archives, 'archives'))));
    await client.delete(`/api/apps/${APP}/backups/${next.job.id}`);
    const ratio = (next.seconds - 1.5 * copy) / first.seconds;
    runs.push(ratio);
    const shown = [first.seconds, next.seconds, copy].map((seconds) => `${seconds.toFixed(2)} s`);
    console.log(`first: ${shown[0]}, next after 1 % new events: ${shown[1]} (${next.job.handledEvents} events), cp: ${shown[2]}, ratio ${ratio.toFixed(3)}`);
  }
  console.log(`next backup beside the copy, against the first: ${median(runs).toFixed(3)} (goal: at most ${GOAL})`);
} catch (error) {
  console.error(server.said.slice(-2_000));
  throw error;
} finally {
  await server.stop();
}
