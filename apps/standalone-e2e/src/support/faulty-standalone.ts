import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FaultInjector } from '@reprise/fault-injection';
import { ApiClient } from '@reprise/gateway-client';
import { Clock, SilentLogger } from '@reprise/kernel';
import { freePort } from '@reprise/server-process';
import { readConfig, type Server, startServer } from '@reprise/standalone';
import { vi } from 'vitest';
import { violationsOf } from './invariants/index.js';
import { openJobs } from './open-jobs.js';
import { portsAround } from './ports-around.js';

const SECRET = 'a-secret-of-this-run-only';
/** Longer than anything is left alone that was given up. */
const A_DAY_MS = 25 * 60 * 60 * 1_000;
/** Every interval of the product is shorter. */
const FIRES_ALL_MS = 10 * 60_000;
const LOOK_MS = 20;
/** How much faster than real time those wait who wait for signs of life: they give up after seconds, and yet not while somebody works. */
const HASTE = 20;
const SETTLED_WITHIN_MS = 60_000;

/** Goes with the system's, ahead of it. */
class AheadClock extends Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  elapsed(): number {
    return performance.now() + this.aheadMs;
  }

  forward(milliseconds: number): void {
    this.aheadMs += milliseconds;
  }
}

/**
 * A standalone within the test's process, with an injector of faults around all its ports. What it does from time to time it does when
 * {@link settle} says so: the intervals of the process are vitest's (`vi.useRealTimers()` gives them back, as {@link stop} does).
 */
export class FaultyStandalone {
  readonly injector = new FaultInjector();
  private readonly clock = new AheadClock();
  client!: ApiClient;
  private server!: Server;
  private url = '';

  private constructor(readonly dataDir: string) {}

  static async start(dataDir?: string): Promise<FaultyStandalone> {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const standalone = new FaultyStandalone(dataDir ?? (await mkdtemp(join(tmpdir(), 'reprise-faults-'))));
    await standalone.open();
    return standalone;
  }

  /** Ends faults and lets everything come to its end that was begun: what was lost is found, what was given up is removed. */
  async settle(): Promise<void> {
    this.injector.end();
    this.clock.forward(A_DAY_MS);
    // Tokens have expired.
    this.client = this.signIn();
    await this.idle();
    await vi.advanceTimersByTimeAsync(FIRES_ALL_MS);
    await this.idle();
  }

  /** Waits until no job has anything to do. */
  async idle(): Promise<void> {
    const isIdle = await this.lookFor(SETTLED_WITHIN_MS, () => openJobs(this.dataDir).length === 0);
    if (!isIdle) throw new Error(`Jobs do not end:\n${openJobs(this.dataDir).join('\n')}`);
  }

  /** Looks until it has come, or for so long; which of them. What the product does from time to time it does at once, and time goes fast. */
  async lookFor(milliseconds: number, hasCome: () => boolean | Promise<boolean>): Promise<boolean> {
    for (const deadline = Date.now() + milliseconds; Date.now() < deadline;) {
      if (await hasCome()) return true;
      await pause(LOOK_MS);
      this.clock.forward(LOOK_MS * HASTE);
      await vi.advanceTimersByTimeAsync(FIRES_ALL_MS / 100);
    }
    return false;
  }

  violations(): Promise<string[]> {
    return violationsOf({ dataDir: this.dataDir });
  }

  /** What is still wrong after {@link settle}, when all that goes on behind the jobs had its time. */
  async lastingViolations(): Promise<string[]> {
    await this.lookFor(SETTLED_WITHIN_MS, async () => (await this.violations()).length === 0);
    return this.violations();
  }

  /** As an operator's restart. */
  async restart(): Promise<void> {
    await this.server.close();
    await this.open();
  }

  async stop(): Promise<void> {
    await this.server.close();
    vi.useRealTimers();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async open(): Promise<void> {
    const port = await freePort();
    const config = readConfig({ PORT: String(port), REPRISE_DATA_DIR: this.dataDir, REPRISE_ROOT_CLIENT_SECRET: SECRET });
    this.server = await startServer(config, new SilentLogger(), '0.0.0', portsAround(this.injector, this.clock));
    this.url = `http://localhost:${port}`;
    this.client = this.signIn();
  }

  private signIn(): ApiClient {
    return new ApiClient({ url: this.url, clientId: 'root', clientSecret: SECRET });
  }
}
