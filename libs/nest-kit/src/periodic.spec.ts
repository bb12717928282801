import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Periodic } from './periodic.js';

describe('what is done from time to time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is done at least that often, once at a time, and no more when it is stopped', async () => {
    let [begun, end] = [0, () => {}];
    const periodic = new Periodic(1_000, () => {
      begun++;
      return new Promise<void>((done) => (end = done));
    });
    periodic.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(begun).toBe(1);
    void periodic.run();
    expect(begun).toBe(1);
    end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(2);
    let stopped = false;
    void periodic.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toBe(false);
    end();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([stopped, begun]).toEqual([true, 2]);
  });

  it('is done at other moments by each', async () => {
    const times = new Set<number>();
    const start = Date.now();
    const all = Array.from({ length: 20 }, () => new Periodic(10_000, async () => void times.add(Date.now() - start)));
    for (const each of all) each.start();
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(all.map((each) => each.stop()));
    expect(times.size).toBeGreaterThan(10);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(8_000);
  });
});
