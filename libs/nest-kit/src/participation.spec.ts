import { segmentAlive, type RequestContract, type WorkContract } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Participation } from './participation.js';

/** The saga as a participant sees it. */
class Saga extends MessageBus {
  alive = true;
  asked = 0;
  readonly reports: { name: string; body: unknown }[] = [];

  beats = 0;

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    expect(contract.name).toBe(segmentAlive.name);
    if ((body as { beat?: boolean }).beat) this.beats++;
    else this.asked++;
    return { alive: this.alive } as Reply;
  }
  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.reports.push({ name: contract.name, body });
  }
  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

const segment = { jobId: 'job-1', segment: 'import-events-0', token: 't1' };
let saga: Saga;
let participation: Participation;
beforeEach(() => {
  saga = new Saga();
  participation = new Participation(saga);
});

describe('a participant', () => {
  it('does a segment and reports what it did', async () => {
    await participation.run(segment, async (alive) => {
      await alive();
      return { events: 7 };
    });
    expect(saga.reports).toMatchObject([{ name: 'backup.segment-done', body: { ...segment, result: { events: 7, assets: 0, warnings: [] } } }]);
    expect(saga.asked).toBe(1);
  });

  it('leaves alone what is no longer wanted, without a word', async () => {
    saga.alive = false;
    await participation.run(segment, () => Promise.reject(new Error('It ran.')));
    expect(saga.reports).toEqual([]);
  });

  it('asks now and then whether to go on, and stops when the job was cancelled meanwhile', async () => {
    const alive = participation.watch(segment, 20);
    for (let step = 0; step < 100; step++) await alive();
    expect(saga.asked).toBe(0);
    await sleep(25);
    for (let step = 0; step < 100; step++) await alive();
    expect(saga.asked).toBe(1);
    saga.alive = false;
    await sleep(25);
    await expect(alive()).rejects.toMatchObject({ kind: 'cancelled', code: 'jobs.segment-outdated' });
  });

  it('gives signs of life while it is at a long step, and none when it is done', async () => {
    vi.useFakeTimers();
    try {
      let end = () => {};
      const running = participation.run(segment, () => new Promise((done) => (end = () => done({}))));
      await vi.advanceTimersByTimeAsync(61_000);
      expect([saga.asked, saga.beats]).toEqual([1, 4]);
      end();
      await running;
      await vi.advanceTimersByTimeAsync(61_000);
      expect(saga.beats).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says why a segment failed for good', async () => {
    await participation.dead(segment, new Error('secret detail'));
    await participation.dead(segment, { kind: 'corrupt', code: 'archive.crc', message: 'Damaged.' });
    expect(saga.reports).toMatchObject([
      { name: 'backup.segment-failed', body: { ...segment, error: { kind: 'internal', code: 'internal' } } },
      { name: 'backup.segment-failed', body: { error: { kind: 'corrupt', code: 'archive.crc', message: 'Damaged.' } } },
    ]);
  });
});
