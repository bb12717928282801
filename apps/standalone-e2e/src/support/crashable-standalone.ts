import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ApiClient } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import type { CrashPlan } from './crash-plan.js';
import { violationsOf } from './invariants/index.js';
import { openJobs } from './open-jobs.js';

const main = fileURLToPath(new URL('./crashable-main.js', import.meta.url));

/** A process that is about to die is given so long. */
const GRACE_MS = 3_000;

/** A process over one folder of data that dies and is started again, as often as the test likes. */
export class CrashableStandalone {
  private constructor(
    readonly dataDir: string,
    private server: ServerProcess,
  ) {}

  static async start(): Promise<CrashableStandalone> {
    const dataDir = await mkdtemp(join(tmpdir(), 'reprise-crash-'));
    return new CrashableStandalone(dataDir, await open(dataDir));
  }

  get client(): ApiClient {
    return this.server.client;
  }

  /** Answers how many calls of ports `work` leads to, until nothing runs any more. */
  async calls(work: () => Promise<unknown>): Promise<number> {
    await this.server.ask({});
    await work();
    await this.idle();
    return (await this.server.ask<{ total: number }>({})).total;
  }

  /**
   * Does `work`, which the process doesn't survive by the plan, nor what follows of it; then it runs again. Answers what the work came to, if it
   * did. Throws when the process outlives all of it, unless it `mayMiss`.
   */
  async crash<Result>(plan: CrashPlan, work: () => Promise<Result>, mayMiss = false): Promise<Result | undefined> {
    await this.server.ask({ plan });
    const result = await work().catch(() => undefined);
    const died = await Promise.race([this.server.ended().then(() => true), this.idle().then(() => pause(GRACE_MS, false))]);
    if (!died && !mayMiss) throw new Error(`Nothing came to the point of ${JSON.stringify(plan)}.`);
    await this.kill();
    return result;
  }

  /** As `kill -9` from outside; then it runs again. By the plan it dies once more while it takes up what was left. */
  async kill(duringStart?: CrashPlan): Promise<void> {
    await this.server.kill();
    if (duringStart) {
      const dying = await open(this.dataDir, duringStart).catch(() => undefined);
      if (dying) await Promise.race([dying.ended(), this.idle()]);
      await dying?.kill();
    }
    this.server = await open(this.dataDir);
  }

  /** Resolves when no job has anything to do. */
  async idle(): Promise<void> {
    while (openJobs(this.dataDir).length > 0) await pause(20);
  }

  /** What its data show once nothing runs: a job is told as ended before its end is announced and its working files are removed. */
  async violations(): Promise<string[]> {
    await this.idle();
    return violationsOf({ dataDir: this.dataDir });
  }

  async stop(): Promise<void> {
    await this.server.kill();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function open(dataDir: string, plan?: CrashPlan): Promise<ServerProcess> {
  // Ports differ from start to start, URLs of assets must not.
  const env = { REPRISE_BASE_URL: 'https://restored.example.com', ...(plan ? { CRASH_PLAN: JSON.stringify(plan) } : {}) };
  return ServerProcess.start({ main, dataDir, env, ipc: true, readyWithinMs: 60_000 });
}
