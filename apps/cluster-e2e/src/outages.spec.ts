import { ApiError, type BackupJob, isFinished } from '@reprise/gateway-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grownApp } from './support/input.js';
import { followBackup, startBackup } from './support/jobs.js';
import { RunningCluster, type Service, until, WORKERS } from './support/running-cluster.js';

const APP = 'kept';
/** At once, for a busy machine. */
const SOON_MS = 8_000;

describe('A service that is down', () => {
  let cluster: RunningCluster;
  beforeAll(async () => {
    cluster = await RunningCluster.start();
    await grownApp(cluster.client, APP, { times: 4, assets: 4 });
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

  const QUESTIONS: [Service, string, RequestInit][] = [
    ['app-registry', '/api/apps', {}],
    ['contents', `/api/apps/${APP}/schemas`, {}],
    ['assets', `/api/apps/${APP}/assets`, {}],
    ['backup-orchestrator', `/api/apps/${APP}/backups`, { method: 'POST' }],
  ];

  it.each(QUESTIONS)('%s: the gateway says so soon, with 503 and our body, and goes on when it is back', async (service, path, init) => {
    const headers = { authorization: `Bearer ${await token()}` };
    const down = cluster.keepDown(service);
    // What was in hand when it died is answered by 504.
    await until(async () => (await ask(path, { ...init, headers })).status === 503);
    const { status, retryAfter, body, ms } = await ask(path, { ...init, headers });
    await down.release();
    expect([status, retryAfter !== null, body]).toEqual([
      503,
      true,
      expect.objectContaining({ statusCode: 503, errorCode: 'messaging.unroutable', message: expect.stringMatching(/./) as string }),
    ]);
    expect(ms).toBeLessThan(SOON_MS);
    await until(async () => (await ask(path, { ...init, headers })).status < 300);
  });

  it('tells whoever waits for an answer that none will come, soon after its last process is gone', async () => {
    const headers = { authorization: `Bearer ${await token()}` };
    for (let turn = 0; turn < 3; turn++) {
      const waiting = Array.from({ length: 20 }, () => ask(`/api/apps/${APP}/assets`, { headers }));
      await cluster.kill('assets');
      for (const { status, ms } of await Promise.all(waiting)) {
        expect([200, 503, 504]).toContain(status);
        expect(ms).toBeLessThan(SOON_MS);
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
