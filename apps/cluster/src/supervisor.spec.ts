import { SilentLogger } from '@reprise/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { Supervisor, type Run, type Time } from './supervisor.js';

/** Time that passes only when somebody waits for it. */
class StandingTime implements Time {
  private now = 0;
  readonly pauses: number[] = [];

  elapsed(): number {
    return this.now;
  }

  async pause(ms: number): Promise<void> {
    this.pauses.push(ms);
    this.pass(ms);
  }

  pass(ms: number): void {
    this.now += ms;
  }
}

class TestRun implements Run {
  private readonly end = Promise.withResolvers<void>();
  readonly ended = this.end.promise;
  readonly stops: number[] = [];

  die(): void {
    this.end.resolve();
  }

  async stop(withinMs: number): Promise<void> {
    this.stops.push(withinMs);
    this.die();
  }
}

describe('A supervisor', () => {
  let time: StandingTime;
  let runs: TestRun[];
  /** What the next launches do, in this order; after them they succeed. */
  let launches: (() => Promise<Run>)[];
  let supervisor: Supervisor;
  beforeEach(() => {
    time = new StandingTime();
    runs = [];
    launches = [];
    const launch = () => (launches.shift() ?? run)();
    supervisor = new Supervisor('it', launch, new SilentLogger(), time);
  });
  const run = async () => {
    runs.push(new TestRun());
    return runs.at(-1)!;
  };
  const refuse = async () => Promise.reject(new Error('no space left on device'));
  /** The newest run ends after that time; resolves when the next one is there. */
  const dieAfter = async (ms: number) => {
    const before = runs.length;
    time.pass(ms);
    runs.at(-1)!.die();
    await expect.poll(() => runs.length, { interval: 1 }).toBe(before + 1);
  };

  it('starts again what ends, after 0.2 s, then twice as long each time up to 5 s', async () => {
    await supervisor.start();
    for (let death = 0; death < 7; death++) await dieAfter(9_999);
    expect(time.pauses).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    await supervisor.stop(1);
  });

  it('begins with 0.2 s again after 10 s of life', async () => {
    await supervisor.start();
    for (const lived of [0, 0, 10_000, 0, 0]) await dieAfter(lived);
    expect(time.pauses).toEqual([200, 400, 200, 400, 800]);
    await supervisor.stop(1);
  });

  it('takes what can’t be launched for what ended at once, and goes on', async () => {
    launches = [run, refuse, refuse, refuse];
    await supervisor.start();
    await dieAfter(0);
    expect(time.pauses).toEqual([200, 400, 800, 1_600]);
    await dieAfter(10_000);
    expect(time.pauses.at(-1)).toBe(200);
    await supervisor.stop(1);
  });

  it('goes on when what is left of one that ended can’t be tidied', async () => {
    launches = [async () => Object.assign(await run(), { tidy: refuse })];
    await supervisor.start();
    await dieAfter(0);
    await supervisor.stop(1);
    expect(runs.map(({ stops }) => stops)).toEqual([[], [1]]);
  });

  it('tells whoever started it when the first launch fails, and starts nothing', async () => {
    launches = [refuse];
    await expect(supervisor.start()).rejects.toThrow('no space left');
    await supervisor.stop(1);
    expect([runs, time.pauses]).toEqual([[], []]);
  });

  it('starts nothing any more when it is stopped', async () => {
    await supervisor.start();
    await supervisor.stop(7);
    expect([runs.map(({ stops }) => stops), time.pauses]).toEqual([[[7]], []]);
  });

  it.each(['the first', 'the second'])('ends %s that is launched while it is stopped', async (which) => {
    const launched = Promise.withResolvers<void>();
    const slow = async () => launched.promise.then(run);
    launches = which === 'the first' ? [slow] : [run, slow];
    const started = supervisor.start();
    if (which === 'the second') {
      await started;
      runs[0]!.die();
      await expect.poll(() => launches.length, { interval: 1 }).toBe(0);
    }
    const stopped = supervisor.stop(7);
    launched.resolve();
    await Promise.all([started, stopped]);
    expect(runs.at(-1)!.stops).toEqual([0]);
    expect(runs).toHaveLength(which === 'the first' ? 1 : 2);
  });
});
