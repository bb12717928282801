/**
 * What the next backup takes after 1 % new events, beside what copying the archive takes, as a part of what the first took with nothing kept from
 * before: (next − 1.5 × cp) / first.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isFinished } from '@reprise/gateway-client';
import { median, seconds } from './support/rounds.mjs';
import { completed, restore, withServer } from './support/server.mjs';

const APP = 'bench';
const SCHEMA = 'bench-notes';
const AT_ONCE = 8;
const LOOK_MS = 10;

export async function bench({ archive, rounds, say }) {
  const ratios = await withServer(async (server) => {
    const { client } = server;
    const { handledEvents } = await restore(server, archive, APP);
    const fields = [{ name: 'text', partitioning: 'invariant', properties: { fieldType: 'String' } }];
    await client.post(`/api/apps/${APP}/schemas`, { json: { name: SCHEMA, isPublished: true, fields } });
    const archives = join(server.dataDir, 'archives');
    const found = [];
    for (let round = 1; round <= rounds; round++) {
      rmSync(join(archives, 'fragments'), { recursive: true, force: true });
      const first = await backUp(client);
      await client.delete(`/api/apps/${APP}/backups/${first.job.id}`);
      await write(client, Math.ceil(handledEvents / 100));
      const next = await backUp(client);
      const copy = median([await copySeconds(archives), await copySeconds(archives), await copySeconds(archives)]);
      await client.delete(`/api/apps/${APP}/backups/${next.job.id}`);
      found.push((next.took - 1.5 * copy) / first.took);
      const shown = [first.took, next.took, copy].map((took) => `${took.toFixed(2)} s`);
      say(`${round}. first ${shown[0]}, next ${shown[1]} (${next.job.handledEvents} events), cp ${shown[2]}: ${found.at(-1).toFixed(3)}`);
    }
    return found;
  });
  return [{ bar: 'next backup after 1 % new events, against the first', ratio: median(ratios), goal: 0.05 }];
}

/** Looks often, so that the time is the job's and not the pause between two looks. */
async function backUp(client) {
  const started = performance.now();
  const answer = await client.send('POST', `/api/apps/${APP}/backups`);
  const id = answer.headers.get('location').split('/').at(-1);
  for (;;) {
    await pause(LOOK_MS);
    const job = (await client.get(`/api/apps/${APP}/backups`)).items.find((item) => item.id === id);
    if (isFinished(job)) return { job: completed(job), took: (performance.now() - started) / 1_000 };
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

/** There is one archive at a time: each is deleted once it is measured. */
async function copySeconds(archives) {
  const folder = join(archives, 'archives');
  const name = readdirSync(folder).find((file) => file.endsWith('.zip'));
  const [from, to] = [join(folder, name), join(folder, 'copy')];
  const took = await seconds(() => execFileSync('cp', [from, to]));
  rmSync(to);
  return took;
}
