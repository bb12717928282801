/** Peak memory of the server's process above what it takes when it has just started, for a restore and for a backup. */
import { interleaved, median } from './support/rounds.mjs';
import { megabytes } from './support/processes.mjs';
import { backUp, measured, restore, withServer } from './support/server.mjs';

export async function bench({ archive, rounds, say }) {
  const { above } = await memoryOf(archive, rounds, say);
  return [{ bar: 'peak memory of a process above its idle', ratio: Math.max(above.restore, above.backup), goal: 160, unit: ' MB' }];
}

/** Medians, in megabytes, of the process's peaks during a restore and a backup, and of what they are above idle. Says what each took. */
export async function memoryOf(archive, rounds, say) {
  const runs = [];
  const run = () =>
    withServer(async (server) => {
      const idle = megabytes(server.pid, 'VmRSS');
      const restored = await measured(server.pid, () => restore(server, archive, 'bench'));
      const backup = await measured(server.pid, () => backUp(server, 'bench'));
      runs.push({ idle, restore: restored.peak, backup: backup.peak });
      for (const [what, { job, seconds, processor, peak }] of Object.entries({ restore: restored, backup })) {
        const figures = `${job.handledEvents} events in ${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s`;
        say(`${what}: ${figures}, peak ${peak.toFixed(0)} MB, idle ${idle.toFixed(0)}`);
      }
      return Math.max(restored.peak, backup.peak) - idle;
    });
  await interleaved(rounds, say, { 'megabytes above idle': run });
  const medians = (value) => ({
    restore: median(runs.map((figures) => value(figures.restore, figures))),
    backup: median(runs.map((figures) => value(figures.backup, figures))),
  });
  return { peak: medians((peak) => peak), above: medians((peak, { idle }) => peak - idle) };
}
