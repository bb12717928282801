import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, type BackupJob, isFinished } from '@reprise/gateway-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grownApp } from './support/input.js';
import { followBackup, startBackup } from './support/jobs.js';
import { RunningCluster, type Service, until, WORKERS } from './support/running-cluster.js';

const APP = 'kept';
const SCHEMA = 'notes';
/** The default: long enough for a service to come back on a machine with a second cluster on it. */
const PATIENCE_S = 30;
/** At once, for a busy machine. */
const SOON_MS = 8_000;
const IN_TIME_MS = PATIENCE_S * 1_000 + SOON_MS;
/** What a process had in hand when it died takes some seconds to be told. */
const DOWN_MS = 3_000;

describe('A service that is down', () => {
  let cluster: RunningCluster;
  beforeAll(async () => {
    cluster = await RunningCluster.start({ REPRISE_PATIENCE: String(PATIENCE_S) });
    await grownApp(cluster.client, APP, { times: 4, assets: 4 });
    const fields = [{ name: 'title', partitioning: 'invariant', properties: { fieldType: 'String' } }];
    await cluster.client.post(`/api/apps/${APP}/schemas`, { json: { name: SCHEMA, isPublished: true, fields } });
  }, 1_500_000);
  afterAll(() => cluster?.stop());

  interface Answer {
    status: number;
    retryAfter: string | null;
    body: { message?: string; statusCode?: number; errorCode?: string };
    ms: number;
  }
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const began = performance.now();
    const answer = await fetch(cluster.url + path, init);
    const body = (await answer.json().catch(() => ({}))) as Answer['body'];
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body, ms: performance.now() - began };
  };
  const token = async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'root', client_secret: cluster.launcher.secret, scope: 'squidex-api' });
    const answer = await fetch(`${cluster.url}/identity-server/connect/token`, { method: 'POST', body: form });
    return ((await answer.json()) as { access_token: string }).access_token;
  };

  const NOTES = `/api/content/${APP}/${SCHEMA}`;
  const note = (title: string, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ title: { iv: title } }),
  });
  const authorized = async () => ({ authorization: `Bearer ${await token()}` });
  /** How often each title is there. */
  const titles = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>();
    for (let skip = 0; ; skip += 200) {
      const { items } = await cluster.client.get<{ items: { data: { title: { iv: string } } }[] }>(`${NOTES}?$top=200&$skip=${skip}`, {
        'x-unpublished': 'true',
      });
      for (const { data } of items) found.set(data.title.iv, (found.get(data.title.iv) ?? 0) + 1);
      if (items.length < 200) return found;
    }
  };

  const QUESTIONS: [Service, string, RequestInit][] = [
    ['app-registry', '/api/apps', {}],
    ['contents', `/api/apps/${APP}/schemas`, {}],
    ['assets', `/api/apps/${APP}/assets`, {}],
    ['backup-orchestrator', `/api/apps/${APP}/backups`, { method: 'POST' }],
    ['event-store', NOTES, note('asked')],
  ];

  it.each(QUESTIONS)('%s: the gateway waits a while, says so with 503 and our body, and goes on when it is back', async (service, path, init) => {
    const headers = { ...(init.headers as Record<string, string>), ...(await authorized()) };
    const down = cluster.keepDown(service);
    // What was in hand when it died is answered by 504.
    const answers: Answer[] = [];
    await until(async () => (answers.push(await ask(path, { ...init, headers })), answers.at(-1)!.status === 503));
    await down.release();
    const { retryAfter, body, ms } = answers.at(-1)!;
    expect([retryAfter !== null, body]).toEqual([
      true,
      expect.objectContaining({ statusCode: 503, errorCode: 'messaging.unroutable', message: expect.stringMatching(/./) as string }),
    ]);
    expect(ms).toBeLessThan(IN_TIME_MS);
    await until(async () => (await ask(path, { ...init, headers })).status < 300);
  });

  it('did nothing that it answered by 503', async () => {
    const headers = await authorized();
    const down = cluster.keepDown('event-store');
    await pause(DOWN_MS);
    const { status } = await ask(NOTES, note('refused', headers));
    await down.release();
    expect(status).toBe(503);
    await cluster.client.post(NOTES, { json: { title: { iv: 'after the refused one' } } });
    const found = await titles();
    expect([found.has('refused'), found.has('after the refused one')]).toEqual([false, true]);
  });

  it('is not noticed by a command under a key when it is back soon, and the command is done once', async () => {
    const headers = { ...(await authorized()), 'idempotency-key': randomUUID() };
    // Starts at once what has run for a while.
    await pause(12_000);
    cluster.signal(cluster.pidsOf('event-store'), 'SIGKILL');
    const { status, body } = await ask(NOTES, note('kept waiting', headers));
    expect([status, body]).toEqual([201, expect.anything()]);
    expect((await ask(NOTES, note('kept waiting', headers))).status).toBe(201);
    expect((await titles()).get('kept waiting')).toBe(1);
  });

  it('is not noticed by who reads when another replica runs', async () => {
    const headers = await authorized();
    const statuses = new Set<number>();
    const killed = cluster.kill('contents', 1);
    for (let n = 0; n < 30; n++) statuses.add((await ask(`${NOTES}?$top=1`, { headers })).status);
    await killed;
    expect([...statuses]).toEqual([200]);
  });

  it.each(['mongodb', 'rabbitmq', 'event-store'] as const)('%s: what was answered by 503 was not done, all else at most once', async (name) => {
    const headers = await authorized();
    const answered = new Map<string, Answer>();
    let over = false;
    const write = async (writer: number) => {
      for (let n = 0; !over; n++) {
        const title = `${name} ${writer} ${n}`;
        const keyed: Record<string, string> = writer % 2 === 0 ? { 'idempotency-key': title } : {};
        let answer: Answer | undefined;
        const send = async () => (answer = await ask(NOTES, note(title, { ...headers, ...keyed }))).status < 300;
        if (!(await send()) && writer % 2 === 0) await until(send);
        answered.set(title, answer!);
        await pause(50);
      }
    };
    const writers = Promise.all([0, 1, 2, 3].map(write));
    await pause(1_000);
    const down = cluster.keepDown(name);
    await pause(DOWN_MS);
    await down.release();
    await until(async () => (await ask(NOTES, note(`${name} is back`, headers))).status === 201);
    over = true;
    await writers;
    const found = await titles();
    for (const [title, { status, body }] of answered) {
      const times = found.get(title) ?? 0;
      const expected = [title, expect.toBeOneOf([201, 503, 504]), status === 201 ? 1 : status === 503 ? 0 : expect.toBeOneOf([0, 1])];
      expect([title, status, times], body.errorCode).toEqual(expected);
    }
    expect(answered.size).toBeGreaterThan(4);
  });

  it('minio: a file that could not be stored is answered by 503, and there is no asset of it', async () => {
    const headers = await authorized();
    const form = new FormData();
    form.set('file', new Blob(['abc']), 'not-stored.txt');
    const down = cluster.keepDown('minio');
    await pause(DOWN_MS);
    const { status } = await ask(`/api/apps/${APP}/assets`, { method: 'POST', headers, body: form });
    await down.release();
    expect(status).toBe(503);
    const { items } = await cluster.client.get<{ items: { fileName: string }[] }>(`/api/apps/${APP}/assets`);
    expect(items.map(({ fileName }) => fileName)).not.toContain('not-stored.txt');
  });

  it('tells whoever waits for an answer that none will come, soon after its last process is gone', async () => {
    const headers = await authorized();
    for (let turn = 0; turn < 3; turn++) {
      const waiting = Array.from({ length: 20 }, () => ask(`/api/apps/${APP}/assets`, { headers }));
      await cluster.kill('assets');
      for (const { status, ms } of await Promise.all(waiting)) {
        expect([200, 503, 504]).toContain(status);
        expect(ms).toBeLessThan(IN_TIME_MS);
      }
      await until(async () => (await ask(`/api/apps/${APP}/assets`, { headers })).status === 200);
    }
  });

  /** An app has one backup at a time; those of the tests above may have waited for a process that was killed. */
  const idle = () =>
    until(async () => {
      const { items } = await cluster.client.get<{ items: BackupJob[] }>(`/api/apps/${APP}/backups`);
      return items.every(isFinished);
    });

  it.each(WORKERS)('%s: a backup that was accepted before goes on when it is back', async (service) => {
    await idle();
    const id = await startBackup(cluster.client, APP, `while ${service} is down`);
    const down = cluster.keepDown(service);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await down.release();
    expect((await followBackup(cluster.client, APP, id)).status).toBe('Completed');
  });

  it('is no reason for an error of 500, whichever it is', async () => {
    const { client } = cluster;
    for (const service of WORKERS) {
      await cluster.kill(service);
      const said = await client.get(`/api/apps/${APP}/jobs`).catch((error: unknown) => (error instanceof ApiError ? error.status : String(error)));
      expect([service, said]).toEqual([service, expect.any(Object)]);
    }
  });
});
