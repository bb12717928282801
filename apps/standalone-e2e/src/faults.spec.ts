import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atPoint, diskFull, engineAway, failing, type Fault } from '@reprise/fault-injection';
import { restoreFile, type BackupJob, type RestoreJob } from '@reprise/gateway-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultyStandalone } from './support/faulty-standalone.js';
import { fixture } from './support/fixtures.js';
import { newSeed, sampleOf } from './support/runs.js';

const ARCHIVE = fixture('small.zip');
/** By hand: each call of each kind of fault, some 250. */
const ALL = process.env['REPRISE_FAULT_RUNS'] !== undefined;
const SOME = 15;

interface Case {
  port: string;
  method: string;
  nth: number;
}

interface Kind {
  /** Answers the job's id. */
  start(name: string): Promise<string>;
  look(id: string): Promise<BackupJob | RestoreJob>;
}

describe('A single fault at a call of a port', () => {
  let standalone: FaultyStandalone;
  const cases: Record<string, Case[]> = {};
  const kinds: Record<string, Kind> = {
    restore: {
      start: (name) => restoreFile(standalone.client, ARCHIVE, { name, idempotencyKey: name }),
      look: (id) => standalone.client.get<RestoreJob>(`/api/restores/${id}`),
    },
    backup: {
      async start(name) {
        const answer = await standalone.client.send('POST', '/api/apps/kept/backups', undefined, { 'idempotency-key': name });
        return answer.headers.get('location')!.split('/').at(-1)!;
      },
      async look(id) {
        const { items } = await standalone.client.get<{ items: BackupJob[] }>('/api/apps/kept/backups');
        return items.find((job) => job.id === id)!;
      },
    },
  };

  /** For each method that is called: its first call, and its first one after the job was accepted. */
  async function callsOf(kind: Kind): Promise<Case[]> {
    standalone.injector.begin(() => undefined);
    await kind.start('undisturbed');
    const accepted = new Map(standalone.injector.calls);
    await standalone.idle();
    return [...standalone.injector.calls].flatMap(([call, count]) => {
      const [dot, before] = [call.lastIndexOf('.'), accepted.get(call) ?? 0];
      const method = { port: call.slice(0, dot), method: call.slice(dot + 1) };
      return [...(before > 0 ? [{ ...method, nth: 1 }] : []), ...(count > before ? [{ ...method, nth: before + 1 }] : [])];
    });
  }

  beforeAll(async () => {
    standalone = await FaultyStandalone.start();
    await restoreFile(standalone.client, ARCHIVE, { name: 'kept' });
    await standalone.idle();
    for (const [name, kind] of Object.entries(kinds)) cases[name] = await callsOf(kind);
  });
  afterAll(() => standalone.stop());

  /** How it ended, in a line. A request that is refused is made again, as any client would. */
  async function disturbed(kind: Kind, point: Case, fault: Fault, name: string): Promise<string> {
    standalone.injector.begin(atPoint(point, fault));
    const id = await kind.start(name).catch(() => kind.start(name));
    await standalone.idle();
    standalone.injector.end();
    const { status, error } = await kind.look(id);
    if ('archiveSize' in (await kind.look(id))) await standalone.client.delete(`/api/apps/kept/backups/${id}`);
    await standalone.idle();
    return error ? `${status}: ${error.message}` : status;
  }

  it.each<[string, () => Fault, RegExp]>([
    ['keeps a job from nothing when an engine was away before it', () => failing('before', engineAway), /^Completed$/],
    ['keeps a job from nothing when an answer was lost', () => failing('after', engineAway), /^Completed$/],
    ['fails a job with a clear line, if at all, when the disk was full', () => failing('before', diskFull), /^Completed$|^Failed: There is no space left/],
  ])('%s', { timeout: 900_000 }, async (what, fault, expected) => {
    for (const [name, kind] of Object.entries(kinds)) {
      const seed = newSeed(`A ${name}, ${what}`);
      const chosen = sampleOf(cases[name]!, ALL ? Infinity : SOME, seed);
      expect(chosen.length).toBeGreaterThan(10);
      for (const [index, point] of chosen.entries()) {
        const app = `${name}-${what.replaceAll(/[^a-z]+/g, '-')}-${index}`.slice(-60).replace(/^-+/, '');
        const outcome = await disturbed(kind, point, fault(), app);
        expect([point, outcome, await standalone.violations()]).toEqual([point, expect.stringMatching(expected), []]);
      }
    }
  });

  it.each(['restore', 'backup'])('does not keep a %s waiting for segments that nobody was told of', { timeout: 120_000 }, async (kind) => {
    const claim = { port: 'JobStore', method: 'claim', nth: 1 };
    expect(await disturbed(kinds[kind]!, claim, failing('after', engineAway), `${kind}-untold`)).toBe('Completed');
  });

  it('does not keep the name of an app that is deleted', { timeout: 120_000 }, async () => {
    const create = () => standalone.client.post('/api/apps', { json: { name: 'deleted' } });
    await create();
    standalone.injector.begin(atPoint({ port: 'RegistryStore.names', method: 'markDeleted' }, failing('before', engineAway)));
    await expect(standalone.client.delete('/api/apps/deleted')).rejects.toMatchObject({ status: 504 });
    await expect(create()).rejects.toMatchObject({ status: 400 });
    await standalone.settle();
    expect(await standalone.lastingViolations()).toEqual([]);
    await create();
  });

  it('leaves nothing that came late for a job that has ended', { timeout: 120_000 }, async () => {
    const id = await kinds['restore']!.start('ended');
    await standalone.idle();
    const folder = join(standalone.dataDir, 'archives', 'jobs', id);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'import-events-0.plan'), 'late');
    expect(await standalone.violations()).toEqual([expect.stringContaining(id)]);
    await standalone.settle();
    expect(await standalone.lastingViolations()).toEqual([]);
  });
});
