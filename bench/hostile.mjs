/**
 * `node bench/hostile.mjs [CASE…]`: restores archives that nobody should have to read, each into a server of its own, and prints by how much
 * the server's memory grew above what it has when idle. The bound is 300 MB. Linux only; the build must be fresh.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { followRestore, restoreFile } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import { hostileCases } from './hostile-cases.mjs';
import { peakFromNow, peakMegabytes, residentMegabytes } from './memory.mjs';

const BOUND_MB = 300;

const wanted = process.argv.slice(2);
const cases = Object.entries(hostileCases).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const folder = await mkdtemp(join(tmpdir(), 'reprise-hostile-'));
let beyond = 0;
try {
  for (const [name, write] of cases) {
    const file = join(folder, `${name}.zip`);
    await write(file);
    const server = await ServerProcess.start({ main: fileURLToPath(new URL('../apps/standalone/dist/main.js', import.meta.url)) });
    try {
      // What the start used has been given back by then.
      await pause(1_000);
      const idle = residentMegabytes(server.pid);
      peakFromNow(server.pid);
      const started = performance.now();
      const job = await followRestore(server.client, await restoreFile(server.client, file, { name: 'hostile' }));
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      const grown = Math.round(peakMegabytes(server.pid) - idle);
      if (grown > BOUND_MB) beyond++;
      const said = job.status === 'Failed' ? `${job.error.code}: ${job.error.message.slice(0, 120)}` : `${job.handledEvents} events`;
      console.log(
        `${name.padEnd(26)} +${String(grown).padStart(4)} MB ${grown > BOUND_MB ? 'TOO MUCH' : 'ok'}  ${seconds.padStart(6)} s  ${job.status}, ${said}`,
      );
    } finally {
      await server.stop();
      await rm(file);
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exitCode = beyond > 0 ? 1 : 0;
