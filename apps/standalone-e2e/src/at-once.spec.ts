import { setTimeout as pause } from 'node:timers/promises';
import { followRestore, makeBackup, restoreFile, type JobFigures } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFixture, fixture, truthOf } from './support/fixtures.js';
import { completed, restore, startStandalone } from './support/standalone.js';

const big = findFixture('b20k.zip') ? 'b20k' : 'unicode';

describe('Several jobs at once', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startStandalone();
    await restore(server.client, fixture(`${big}.zip`), 'to-back-up');
  }, 120_000);
  afterAll(() => server.stop());

  it('end as if they were alone, and their counts only grow', { timeout: 300_000 }, async () => {
    const { client } = server;
    const looks: Record<string, JobFigures[]> = { first: [], second: [], backup: [] };
    const [first, second] = await Promise.all(['first', 'second'].map((name) => restoreFile(client, fixture(`${big}.zip`), { name })));
    // More often than a client looks: a quick machine is soon done.
    let running = true;
    const watched = (async () => {
      const figures = new Set<number>();
      for (; running; await pause(20)) figures.add((await client.get<JobFigures>(`/api/restores/${first!}`)).handledEvents);
      return figures;
    })();
    const [a, b, c] = await Promise.all([
      followRestore(client, first!, (job) => looks['first']!.push(job)),
      followRestore(client, second!, (job) => looks['second']!.push(job)),
      makeBackup(client, 'to-back-up', (job) => looks['backup']!.push(job)),
    ]).finally(() => (running = false));
    const { eventCount } = truthOf(big);
    for (const job of [completed(a), completed(b), completed(c)]) expect([job.handledEvents, job.totalEvents]).toEqual([eventCount, eventCount]);
    for (const [name, seen] of Object.entries(looks)) {
      const counts = seen.map(({ handledEvents }) => handledEvents);
      expect([name, counts]).toEqual([name, counts.toSorted((x, y) => x - y)]);
    }
    // They are true figures, not a leap at the end.
    const { size } = await watched;
    if (big === 'b20k') expect(size).toBeGreaterThan(3);
  });

  it('leave requests quick', { timeout: 120_000 }, async () => {
    const id = await restoreFile(server.client, fixture(`${big}.zip`), { name: 'busy' });
    const times: number[] = [];
    const done = followRestore(server.client, id);
    let running = true;
    void done.finally(() => (running = false));
    while (running) {
      const started = performance.now();
      await server.client.get('/api/apps');
      times.push(performance.now() - started);
    }
    completed(await done);
    expect(times.toSorted((x, y) => x - y)[Math.floor(times.length * 0.9)]).toBeLessThan(500);
  });

  it('of one app are refused: one backup at a time', async () => {
    const { client } = server;
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        client.send('POST', '/api/apps/to-back-up/backups').then(
          ({ status }) => status,
          (error: { status: number; message: string }) => `${error.status} ${error.message}`,
        ),
      ),
    );
    expect(answers.toSorted()).toEqual([204, '400 Another job is already running.', '400 Another job is already running.']);
  });
});
