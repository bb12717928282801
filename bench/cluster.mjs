/**
 * By hand: restore and backup in the cluster, with one replica of each worker service and with two, beside standalone's and beside nothing but inserts
 * of the same events into the same database server. Shares and processor seconds are told even where a busy machine makes wall times say little.
 */
import { insertDocuments } from './support/raw-documents.mjs';
import { withCluster } from './support/cluster.mjs';
import { interleaved, median } from './support/rounds.mjs';
import { backUp, measured, restore, withServer } from './support/server.mjs';

const JOBS = {
  restore: (server, archive) => restore(server, archive, 'bench'),
  backup: (server) => backUp(server, 'bench'),
};
const ORCHESTRATOR = 'backup-orchestrator';

export async function bench({ archive, rounds, smoke, say }) {
  const replicaCounts = smoke ? [1] : [1, 2];
  const runs = { standalone: [], raw: [], ...Object.fromEntries(replicaCounts.map((count) => [count, []])) };

  const inCluster = (replicas) =>
    withCluster(replicas, async (cluster) => {
      const usage = await bothJobs((job) => cluster.measured(() => job(cluster.server, archive)));
      for (const [what, figures] of Object.entries(usage)) tell(`${what}, replicas: ${replicas}`, figures, say);
      if (replicas === 1) runs.raw.push(await insertDocuments(archive, cluster.urlOf('mongodb')));
      runs[replicas].push(usage);
      return usage.restore.seconds + usage.backup.seconds;
    });
  const standalone = () =>
    withServer(async (server) => {
      const usage = await bothJobs((job) => measured(server.pid, () => job(server, archive)));
      runs.standalone.push(usage);
      return usage.restore.seconds + usage.backup.seconds;
    });
  const candidates = Object.fromEntries(replicaCounts.map((count) => [`cluster, replicas: ${count}`, () => inCluster(count)]));
  await interleaved(rounds, say, { standalone, ...candidates });

  const of = (name, figure) => median(runs[name].map(figure));
  const each = (figure) => Object.keys(JOBS).flatMap((what) => replicaCounts.map((count) => of(count, (usage) => figure(usage[what]))));
  const besides = (unit, digits, figure, standalonesOwn) =>
    Object.keys(JOBS).map((what) => ({
      bar: `  ${what}, ${unit}: replicas ${replicaCounts.join(', ')}; standalone`,
      value: `${replicaCounts.map((count) => of(count, (usage) => figure(usage[what])).toFixed(digits)).join(', ')}; ${of('standalone', (usage) => standalonesOwn(usage[what])).toFixed(digits)}`,
    }));
  return [
    ...(smoke
      ? []
      : Object.keys(JOBS).map((what) => ({
          bar: `processor seconds with two replicas against one, ${what}`,
          ratio: of(2, (usage) => usage[what].perThousand) / of(1, (usage) => usage[what].perThousand),
          goal: 1.15,
        }))),
    {
      bar: 'the orchestrators’ share of the services’ processor seconds',
      ratio: Math.max(...each((usage) => 100 * usage.shareOf(ORCHESTRATOR))),
      goal: 5,
      unit: ' %',
    },
    { bar: 'bytes through the broker, per event', ratio: Math.max(...each(({ brokerBytes, job }) => brokerBytes / job.handledEvents)), goal: 20, unit: ' B' },
    ...besides(
      'seconds',
      1,
      ({ seconds }) => seconds,
      ({ seconds }) => seconds,
    ),
    { bar: '  raw inserts into the same database, seconds', value: median(runs.raw).toFixed(1) },
    ...besides(
      'processor seconds per 1,000 events',
      3,
      (usage) => usage.perThousand,
      ({ processor, job }) => (processor / job.handledEvents) * 1_000,
    ),
    ...replicaCounts.flatMap((count) => peaks(count, runs[count])),
  ];
}

/** One after the other in the same server: the backup is of the app that was restored. */
async function bothJobs(measure) {
  const usage = {};
  for (const [what, job] of Object.entries(JOBS)) usage[what] = await measure(job);
  return usage;
}

function tell(title, { job, seconds, brokerBytes, processes }, say) {
  say(`${title}: ${job.handledEvents} events in ${seconds.toFixed(1)} s, ${brokerBytes} bytes through the broker`);
  for (const { name, processor, peak } of processes) say(`  ${name}: processor ${processor.toFixed(2)} s, peak ${peak.toFixed(0)} MB`);
}

/** The highest of each service's and engine's processes, over both jobs and all rounds. */
function peaks(replicas, usages) {
  const highest = {};
  for (const usage of usages) {
    for (const { name, peak } of Object.values(usage).flatMap(({ processes }) => processes)) highest[name] = Math.max(highest[name] ?? 0, peak);
  }
  return Object.entries(highest).map(([name, peak]) => ({ bar: `  peak of ${name}, replicas: ${replicas}`, value: `${peak.toFixed(0)} MB` }));
}
