import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasMongo, hasRabbit, HOW_TO_ENABLE_MONGO, HOW_TO_ENABLE_RABBIT, HOW_TO_ENABLE_S3, s3Servers, startMongo, startRabbit } from '@reprise/engines';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundTrip } from '../image/round-trip.mjs';
import { ClusterOfProcesses } from './cluster-of-processes.mjs';

const WORKERS = ['event-store', 'app-registry', 'contents', 'assets', 'backup-orchestrator'];
const SERVICES = [...WORKERS, 'gateway'];
const SECRET = 'of-this-test-only';
/** What the compose file gives them, less what Docker needs to notice. */
const STOP_WITHIN_MS = 22_000;

const [s3Server] = s3Servers();
const isPossible = hasRabbit() && hasMongo() && s3Server !== undefined;
const how = [HOW_TO_ENABLE_RABBIT, HOW_TO_ENABLE_MONGO, HOW_TO_ENABLE_S3].join('; ');

describe.skipIf(!isPossible)(`The services as docker-compose.yml starts them (${how})`, () => {
  let engines;
  let cluster;
  let folder;
  const small = fileURLToPath(new URL('../../fixtures/archives/small.zip', import.meta.url));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-compose-'));
    const [amqp, mongo, s3] = await Promise.all([startRabbit(), startMongo(), s3Server.start()]);
    engines = { amqp, mongo, s3 };
    cluster = new ClusterOfProcesses(engines, { REPRISE_ROOT_CLIENT_SECRET: SECRET });
  }, 120_000);
  afterAll(async () => {
    await cluster?.kill();
    await Promise.all(Object.values(engines ?? {}).map((engine) => engine.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  const goesRound = async (name) => {
    const copy = join(folder, `${name}.zip`);
    const result = await roundTrip({ url: cluster.url, secret: SECRET, archive: small, copy, name });
    expect(result).toMatchObject({ restored: { events: 73, assets: 8 }, backedUp: { events: 73, assets: 8, lost: 0 } });
  };
  const answersOf = (path) => Promise.all([...cluster.processes.values()].map(async ({ name, ask }) => [name, await ask(path)]));

  it('refuses to start without the migration, and says so', async () => {
    const { ended } = await cluster.start('contents');
    expect(await ended).toBe(1);
    expect(cluster.processes.get('contents').said).toContain('Run the migration');
    cluster.processes.delete('contents');
  });

  it('migrates, as often as it is asked to', async () => {
    for (const as of ['migration', 'migration again']) {
      const { ended, name } = await cluster.start('migration', as);
      expect(await ended, cluster.processes.get(name).said).toBe(0);
      cluster.processes.delete(name);
    }
  });

  it('becomes ready, service by service, and restores and backs up', async () => {
    for (const name of SERVICES) await cluster.startReady(name);
    await goesRound('first');
  }, 400_000);

  it.each([
    ['amqp', 'broker', SERVICES],
    // The gateway has no database.
    ['mongo', 'database', WORKERS],
    ['s3', 'object store', SERVICES],
  ])(
    'is alive but not ready while %s is down, says that it lacks the %s, and goes on by itself when it is back',
    async (engine, lacking, concerned) => {
      if (engines[engine].kill === undefined) return;
      await engines[engine].kill();
      await expect
        .poll(async () => Object.fromEntries(await answersOf('/readyz')), { timeout: 30_000 })
        .toMatchObject(Object.fromEntries(concerned.map((name) => [name, { code: 503, lacking: [lacking] }])));
      for (const [name, answer] of await answersOf('/healthz')) expect({ name, ...answer }).toMatchObject({ status: 'alive' });
      await engines[engine].restart();
      await expect
        .poll(async () => Object.fromEntries((await answersOf('/readyz')).map(([name, { status }]) => [name, status])), { timeout: 120_000 })
        .toEqual(Object.fromEntries(SERVICES.map((name) => [name, 'ready'])));
      expect([...cluster.processes.values()].filter(({ child }) => child.exitCode !== null)).toEqual([]);
      await goesRound(`after-${engine}`);
    },
    400_000,
  );

  it('takes a worker away while jobs run: it is not ready from the first moment on, and what it had in hand is finished by it or by others', async () => {
    // One by one: starts that contend for a busy machine would tell nothing of stops.
    for (const name of WORKERS) await cluster.startReady(name, `${name} 2`);
    const round = goesRound('while-some-stop');
    await pause(150);
    const asked = [];
    const stopped = await Promise.all(
      WORKERS.map(async (name) => {
        const { ask, ended } = cluster.processes.get(name);
        const stop = cluster.stop(name);
        let running = true;
        void ended.then(() => (running = false));
        await pause(20);
        while (running) asked.push(await ask('/readyz').catch(() => ({})));
        return stop;
      }),
    );
    for (const { code, ms, name } of stopped) {
      expect([name, code]).toEqual([name, 0]);
      expect(ms).toBeLessThan(STOP_WITHIN_MS);
    }
    expect(asked.filter(({ code }) => code === 200)).toEqual([]);
    await round;
  }, 400_000);

  it('ends with 0 within its time when it is told to stop', async () => {
    const stopped = [await cluster.stop('gateway'), ...(await Promise.all([...cluster.processes.keys()].map((name) => cluster.stop(name))))];
    for (const { code, ms, name } of stopped) {
      expect([name, code]).toEqual([name, 0]);
      expect(ms).toBeLessThan(STOP_WITHIN_MS);
    }
  });
});
