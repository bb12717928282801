import { exportEvents, segmentAlive, type RequestContract, type WorkContract } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Participation } from './participation.js';

/** The saga as a participant sees it. */
class Saga extends MessageBus {
  alive = true;
  asked = 0;
  handled: unknown;
  readonly reports: { name: string; body: unknown }[] = [];

  beats = 0;

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    expect(contract.name).toBe(segmentAlive.name);
    if ((body as { beat?: boolean }).beat) this.beats++;
    else this.asked++;
    this.handled = (body as { handled?: unknown }).handled;
    return { alive: this.alive } as Reply;
  }
  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.reports.push({ name: contract.name, body });
  }
  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

const segment = { jobId: 'job-1', segment: 'import-events-0', token: 't1' };
const work = exportEvents as WorkContract<unknown> as WorkContract<typeof segment>;
let saga: Saga;
let participation: Participation;
beforeEach(() => {
  saga = new Saga();
  participation = new Participation(saga);
});

describe('a participant', () => {
  it('does a segment and reports what it did', async () => {
    await participation.run(work, segment, async (alive) => {
      await alive();
      return { events: 7 };
    });
    expect(saga.reports).toMatchObject([{ name: 'backup.segment-done', body: { ...segment, result: { events: 7, assets: 0, warnings: [] } } }]);
    expect(saga.asked).toBe(1);
  });

  it('leaves alone what is no longer wanted, without a word', async () => {
    saga.alive = false;
    await participation.run(work, segment, () => Promise.reject(new Error('It ran.')));
    expect(saga.reports).toEqual([]);
  });

  it('fails with what is still wanted alone: a copy that comes late finds removed what it reads', async () => {
    const fails = () => Promise.reject(new Error('It is gone.'));
    await expect(participation.run(work, segment, fails)).rejects.toThrow('It is gone.');
    const late = participation.run(work, segment, () => {
      saga.alive = false;
      return fails();
    });
    await expect(late).resolves.toBeUndefined();
    expect(saga.reports).toEqual([]);
  });

  it('asks now and then whether to go on, and stops when the job was cancelled meanwhile', async () => {
    const alive = participation.watch(segment, { everyMs: 20 });
    for (let step = 0; step < 100; step++) await alive();
    expect(saga.asked).toBe(0);
    await sleep(25);
    for (let step = 0; step < 100; step++) await alive();
    expect(saga.asked).toBe(1);
    saga.alive = false;
    await sleep(25);
    await expect(alive()).rejects.toMatchObject({ kind: 'cancelled', code: 'jobs.segment-outdated' });
  });

  it('tells how far it is when it asks', async () => {
    vi.useFakeTimers();
    try {
      const running = participation.run(work, segment, async (alive, tell) => {
        tell({ events: 7, assets: 1 });
        await new Promise((done) => setTimeout(done, 3_000));
        await alive();
        return {};
      });
      await vi.advanceTimersByTimeAsync(3_000);
      await running;
      expect(saga.handled).toEqual({ events: 7, assets: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives signs of life while it is at a long step, and none when it is done', async () => {
    vi.useFakeTimers();
    try {
      let end = () => {};
      const running = participation.run(work, segment, () => new Promise((done) => (end = () => done({}))));
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

  describe('at work that takes longer than a message is held', () => {
    const HELD_MS = 5 * 60_000;
    beforeEach(() => vi.useFakeTimers());
    afterEach(() => vi.useRealTimers());

    it('goes on without its message, and reports what it did', async () => {
      let end = () => {};
      const held = participation.run(work, segment, () => new Promise((done) => (end = () => done({ events: 7 }))));
      await vi.advanceTimersByTimeAsync(HELD_MS);
      await held;
      expect([saga.reports, saga.beats]).toEqual([[], HELD_MS / 15_000]);
      end();
      await vi.advanceTimersByTimeAsync(HELD_MS);
      expect(saga.reports).toMatchObject([{ name: 'backup.segment-done', body: { ...segment, result: { events: 7 } } }]);
      expect(saga.beats).toBe(HELD_MS / 15_000);
    });

    it('reports by itself that it failed', async () => {
      let fail = () => {};
      const held = participation.run(work, segment, () => new Promise((_, failed) => (fail = () => failed(new Error('broken')))));
      await vi.advanceTimersByTimeAsync(HELD_MS);
      await held;
      fail();
      await vi.advanceTimersByTimeAsync(0);
      expect(saga.reports).toMatchObject([{ name: 'backup.segment-failed', body: { ...segment, error: { kind: 'internal' } } }]);
    });

    it('lets what comes meanwhile wait, once it has two of them', async () => {
      const ends: (() => void)[] = [];
      const long = () => new Promise<object>((done) => ends.push(() => done({})));
      const held = [participation.run(work, segment, long), participation.run(work, segment, long)];
      await vi.advanceTimersByTimeAsync(HELD_MS);
      await Promise.all(held);
      await participation.run(work, { ...segment, token: 't2' }, long);
      expect(saga.reports).toMatchObject([{ name: work.name, body: { token: 't2' } }]);
      ends[0]!();
      await vi.advanceTimersByTimeAsync(0);
      const next = participation.run(work, { ...segment, token: 't3' }, long);
      await vi.advanceTimersByTimeAsync(0);
      ends[2]!();
      await next;
      expect(saga.reports.map(({ name, body }) => [name, (body as { token: string }).token])).toEqual([
        [work.name, 't2'],
        ['backup.segment-done', 't1'],
        ['backup.segment-done', 't3'],
      ]);
    });
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
