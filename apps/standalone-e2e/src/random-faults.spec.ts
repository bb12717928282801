import { atRandom, diskFull, engineAway, failing } from '@reprise/fault-injection';
import { type ApiClient, restoreFile, type RestoreJob } from '@reprise/gateway-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyStandalone } from './support/faulty-standalone.js';
import { fixture } from './support/fixtures.js';
import { newSeed, runsOf } from './support/runs.js';

const ARCHIVE = fixture('small.zip');
const PROBABILITY = 0.03;
const FAULTS = [failing('before', engineAway), failing('after', engineAway), failing('before', diskFull)];

describe('Random faults at all ports', () => {
  let standalone: FaultyStandalone;

  beforeEach(async () => {
    standalone = await FaultyStandalone.start();
  });
  afterEach(() => standalone.stop());

  const first = newSeed('Random faults');
  const seeds = Array.from({ length: runsOf('REPRISE_FAULT_RUNS', 8) }, (_, run) => first + run);

  it.each(seeds)('leave every job ended and nothing behind (seed %i)', { timeout: 300_000 }, async (seed) => {
    await restoreFile(standalone.client, ARCHIVE, { name: 'kept' });
    await standalone.idle();
    standalone.injector.begin(atRandom(seed, PROBABILITY, FAULTS));
    const restores = await useIt(standalone.client);
    await standalone.idle();
    await standalone.settle();
    for (const id of restores) {
      const { status, error, log } = await standalone.client.get<RestoreJob>(`/api/restores/${id}`);
      expect([status, error]).toSatisfy(() => ['Completed', 'Cancelled'].includes(status) || (status === 'Failed' && error!.code !== 'internal'));
      if (status === 'Failed') expect(log.map(({ message }) => message)).toContain(error!.message);
    }
    expect(await standalone.lastingViolations()).toEqual([]);
    await expectAllNamesFreeOrLiving(standalone.client);
  });

  /** Whoever is refused, for whatever reason, goes on with something else. Answers the restores that were accepted. */
  async function useIt(client: ApiClient): Promise<string[]> {
    const accepted: string[] = [];
    const tried = async (work: () => Promise<unknown>) => void (await work().catch(() => undefined));
    const restore = (name: string) =>
      tried(async () => {
        accepted.push(await restoreFile(client, ARCHIVE, { name }));
      });
    for (let round = 0; round < 3; round++) {
      await Promise.all([
        restore(`restored-${round}`),
        restore(`restored-${round}`),
        tried(async () => {
          const name = `made-${round}`;
          await client.post('/api/apps', { json: { name } });
          await change(client, name);
          await client.post(`/api/apps/${name}/backups`);
          if (round > 0) await client.delete(`/api/apps/${name}`);
        }),
        tried(() => change(client, 'kept')),
        tried(() => client.post('/api/apps/kept/backups')),
      ]);
      if (round === 1) await tried(() => client.post(`/api/restores/${accepted[0]}/cancel`));
      await tried(async () => {
        const { items } = await client.get<{ items: { id: string }[] }>('/api/apps/kept/backups');
        if (round > 0) await client.delete(`/api/apps/kept/backups/${items[0]!.id}`);
        accepted.push((await client.post<{ id: string }>('/api/restores', { json: { backupId: items.at(-1)!.id, name: `again-${round}` } })).id);
      });
    }
    return accepted;
  }

  async function change(client: ApiClient, app: string): Promise<void> {
    const base = `/api/apps/${app}`;
    await client.post(`${base}/languages`, { json: { language: 'it' } }).catch(() => undefined);
    const form = new FormData();
    form.set('file', new Blob(['a text']), 'notes.txt');
    const { id } = await client.post<{ id: string }>(`${base}/assets`, { form });
    await client.put(`${base}/assets/${id}`, { json: { tags: ['one', 'two'] } });
    await client.delete(`${base}/assets/${id}`);
  }

  async function expectAllNamesFreeOrLiving(client: ApiClient): Promise<void> {
    const living = (await client.get<{ name: string }[]>('/api/apps')).map(({ name }) => name);
    const names = [0, 1, 2].flatMap((round) => [`restored-${round}`, `made-${round}`, `again-${round}`]);
    for (const name of names.filter((name) => !living.includes(name))) await client.post('/api/apps', { json: { name } });
  }
});
