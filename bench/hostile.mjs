/**
 * Restores archives that nobody should have to read, each into a server of its own: by how much the server's memory grows above what it has when
 * idle. By hand; REPRISE_BENCH_CASES names some of `hostile-cases.mjs`.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { followRestore, restoreFile } from '@reprise/gateway-client';
import { hostileCases } from './hostile-cases.mjs';
import { megabytes, peakFromNow } from './support/processes.mjs';
import { withServer } from './support/server.mjs';

const BOUND_MB = 300;

export async function bench({ folder, smoke, say }) {
  const wanted = process.env.REPRISE_BENCH_CASES?.split(/[\s,]+/) ?? (smoke ? ['long-strings'] : Object.keys(hostileCases));
  const grown = [];
  for (const name of wanted) {
    const file = join(folder, `${name}.zip`);
    await hostileCases[name](file);
    grown.push(await growth(name, file, say));
    rmSync(file);
  }
  return [{ bar: 'growth of the server by a hostile archive', ratio: Math.max(...grown), goal: BOUND_MB, unit: ' MB' }];
}

function growth(name, file, say) {
  return withServer(async (server) => {
    // What the start used has been given back by then.
    await pause(1_000);
    const idle = megabytes(server.pid, 'VmRSS');
    peakFromNow(server.pid);
    const started = performance.now();
    const job = await followRestore(server.client, await restoreFile(server.client, file, { name: 'hostile' }));
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const more = megabytes(server.pid, 'VmHWM') - idle;
    const said = job.status === 'Failed' ? `${job.error.code}: ${job.error.message.slice(0, 120)}` : `${job.handledEvents} events`;
    say(`${name.padEnd(26)} +${more.toFixed(0).padStart(4)} MB ${seconds.padStart(6)} s  ${job.status}, ${said}`);
    return more;
  });
}
