import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { followRestore, makeBackup, restoreFile } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import { root } from './input.mjs';

const TICKS_PER_SECOND = 100;

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

/** From here on the kernel counts the peak anew. */
export function peakFromNow(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** `VmRSS`: what it takes now, `VmHWM`: the peak. */
export function megabytes(pid, field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line[1]) / 1_024;
}

function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function completed(job) {
  if (job.status !== 'Completed') throw new Error(`The job ended as ${job.status}: ${job.error?.message}`);
  return job;
}
