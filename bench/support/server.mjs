import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { followRestore, makeBackup, restoreFile } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import { root } from './input.mjs';
import { megabytes, peakFromNow, processorSeconds } from './processes.mjs';

/** Runs something with a server of its own, which begins with nothing: what was made before slows nobody down. */
export async function withServer(run) {
  const server = await ServerProcess.start({ main: join(root, 'apps/standalone/dist/main.js'), readyWithinMs: 120_000 });
  try {
    return await run(server);
  } finally {
    await server.stop();
  }
}

export async function restore(server, archive, name) {
  return completed(await followRestore(server.client, await restoreFile(server.client, archive, { name })));
}

export async function backUp(server, app) {
  return completed(await makeBackup(server.client, app));
}

export async function download(server, backup, file) {
  const answer = await server.client.send('GET', backup._links.download.href);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(file));
}

/** What a process takes while `run` runs: seconds, processor seconds, peak megabytes. */
export async function measured(pid, run) {
  peakFromNow(pid);
  const [started, processor] = [performance.now(), processorSeconds(pid)];
  const job = await run();
  const seconds = (performance.now() - started) / 1_000;
  return { job, seconds, processor: processorSeconds(pid) - processor, peak: megabytes(pid, 'VmHWM') };
}

export function completed(job) {
  if (job.status !== 'Completed') throw new Error(`The job ended as ${job.status}: ${job.error?.message}`);
  return job;
}
