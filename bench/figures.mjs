/**
 * `node bench/figures.mjs ARCHIVE.zip [TIMES]`: restores an archive into a server of its own and backs the app up, TIMES times (3), and
 * prints for each the seconds, events per second, processor seconds and peak memory of the server's process. Linux only; the build must be fresh.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { followRestore, makeBackup, restoreFile } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import { peakFromNow, peakMegabytes, residentMegabytes } from './memory.mjs';

const [archive, times = '3'] = process.argv.slice(2);
if (!archive) throw new Error('Usage: node bench/figures.mjs ARCHIVE.zip [TIMES]');
const TICKS_PER_SECOND = 100;

function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function measured(what, pid, run) {
  peakFromNow(pid);
  const [started, processor] = [performance.now(), processorSeconds(pid)];
  const job = await run();
  const seconds = (performance.now() - started) / 1_000;
  if (job.status !== 'Completed') throw new Error(`The ${what} ended as ${job.status}: ${job.error?.message}`);
  const rate = Math.round(job.handledEvents / seconds).toLocaleString('en');
  const used = (processorSeconds(pid) - processor).toFixed(1);
  const peak = Math.round(peakMegabytes(pid));
  console.log(`${what}: ${job.handledEvents} events in ${seconds.toFixed(2)} s, ${rate} events/s, processor ${used} s, peak ${peak} MB`);
  return job;
}

const server = await ServerProcess.start({ main: fileURLToPath(new URL('../apps/standalone/dist/main.js', import.meta.url)) });
try {
  console.log(`idle: ${Math.round(residentMegabytes(server.pid))} MB`);
  for (let run = 1; run <= Number(times); run++) {
    const name = `bench-${run}`;
    await measured('restore', server.pid, async () => followRestore(server.client, await restoreFile(server.client, archive, { name })));
    const backup = await measured('backup', server.pid, () => makeBackup(server.client, name));
    console.log(`  archive: ${(backup.archiveSize / 1e6).toFixed(1)} MB`);
  }
} finally {
  await server.stop();
}
