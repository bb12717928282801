import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followRestore, type JobFigures } from '@reprise/gateway-client';
import { Clock, SystemClock } from '@reprise/kernel';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './support/fixtures.js';
import { isFragment, type Pause, Pauses } from './support/pauses.js';
import { ServerHere } from './support/server-here.js';
import { backUp, completed, restore } from './support/standalone.js';

const DAY = 24 * 60 * 60 * 1_000;

/** Goes on as clocks do, but somebody sets it. */
class JumpingClock extends Clock {
  private readonly system = new SystemClock();
  private offset = 0;

  now(): Date {
    return new Date(this.system.now().getTime() + this.offset);
  }
  elapsed(): number {
    return this.system.elapsed();
  }
  jump(milliseconds: number): void {
    this.offset += milliseconds;
  }
}

describe.each([
  ['back by a day', -DAY],
  ['forward by a year', 365 * DAY],
])('A clock that jumps %s', { timeout: 300_000 }, (_, jump) => {
  const clock = new JumpingClock();
  const pauses = new Pauses();
  let server: ServerHere;

  beforeAll(async () => {
    server = await ServerHere.start((token, port) => (token === Clock ? (clock as unknown as typeof port) : pauses.around(token, port)));
    await restore(server.client, fixture('small.zip'), 'steady');
  });
  afterAll(() => server.stop());

  /** Jumps while the call waits. */
  async function jumpAt(pause: Pause, look: () => Promise<void> = async () => undefined): Promise<void> {
    await pause.reached;
    clock.jump(jump);
    await look();
    pause.go();
  }

  function expectSane(job: JobFigures): void {
    const figures = [job.handledEvents, job.totalEvents ?? 0, job.handledAssets, job.totalAssets ?? 0, job.lostAssets, job.eventsPerSecond ?? 0];
    expect(figures.filter((figure) => !(figure >= 0))).toEqual([]);
  }

  it('in the middle of a backup changes nothing in it, nor in the order of the list', async () => {
    const { job: before } = await backUp(server, 'steady');
    const looks: JobFigures[] = [];
    const jumping = jumpAt(pauses.at(ArchiveObjects, 'put', isFragment('assets', 1)), async () => void looks.push(...(await listed())));
    const { job } = await backUp(server, 'steady');
    await jumping;
    expect(looks).toHaveLength(2);
    [...looks, job].forEach(expectSane);
    expect([job.handledEvents, job.handledAssets]).toEqual([before.handledEvents, before.handledAssets]);
    expect((await listed()).map(({ id }) => id)).toEqual([job.id, before.id]);
  });

  it('in the middle of a restore by address changes nothing in it', async () => {
    const archive = await readFile(fixture('small.zip'));
    const opened = Promise.withResolvers<void>();
    const web = createServer((__, response) => {
      response.writeHead(200, { 'content-type': 'application/zip', 'content-length': archive.length }).write(archive.subarray(0, 1_000));
      void opened.promise.then(() => response.end(archive.subarray(1_000)));
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    try {
      const importing = jumpAt(pauses.at(AssetObjects, 'put'), async () => expectSane(await server.client.get<JobFigures>(`/api/restores/${id}`)));
      const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/small.zip`;
      const { id } = await server.client.post<{ id: string }>('/api/restores', { json: { url, name: 'fetched' } });
      clock.jump(jump);
      opened.resolve();
      const job = completed(await followRestore(server.client, id, expectSane));
      await importing;
      expect([job.handledEvents, job.totalEvents]).toEqual([73, 73]);
    } finally {
      web.close();
    }
  });

  it('in the middle of an upload changes nothing in the file', async () => {
    const form = new FormData();
    form.set('file', new Blob(['some bytes']), 'some.bin');
    const jumping = jumpAt(pauses.at(AssetObjects, 'put'));
    const asset = await server.client.post<{ id: string }>('/api/apps/steady/assets', { form });
    await jumping;
    expect(await (await server.client.send('GET', `/api/assets/steady/${asset.id}`)).text()).toBe('some bytes');
  });

  it('leaves one able to sign in, and links to archives that open', async () => {
    const { link } = await backUp(server, 'steady');
    clock.jump(jump);
    expect(await server.client.get('/api/apps')).toHaveLength(2);
    expect((await fetch(link)).status).toBe(jump > 0 ? 404 : 200);
    for (const { _links } of await listed()) expect((await fetch(server.url + _links['download']!.href)).status).toBe(200);
  });

  async function listed() {
    const { items } = await server.client.get<{ items: (JobFigures & { id: string; _links: Record<string, { href: string }> })[] }>('/api/apps/steady/backups');
    return items;
  }
});
