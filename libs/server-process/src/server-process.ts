import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient } from '@reprise/gateway-client';
import { freePort } from './free-ports.js';

export interface ServerOptions {
  /** The built program. */
  main: string;
  env?: Record<string, string>;
  /** Kept when the server stops; a temporary one, which is removed, if absent. */
  dataDir?: string;
  port?: number;
  readyWithinMs?: number;
  /** Lets {@link ServerProcess.ask} talk to the program, which must answer each message. */
  ipc?: boolean;
}

const SECRET = 'a-secret-of-this-run-only';
/** How Node is started for Reprise, as `npm start` has it; see docs/reference/settings.md, Memory. */
export const MEMORY = {
  options: ['--max-semi-space-size=4', '--heap-growing-percent=30'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '1048576' },
};

/** A Reprise process of one's own, on a free port: for the demo and for tests. */
export class ServerProcess {
  readonly client: ApiClient;
  /** Of the client `root`. */
  readonly secret: string;

  private constructor(
    readonly url: string,
    readonly port: number,
    readonly dataDir: string,
    private readonly child: ChildProcess,
    private readonly output: () => string,
    private readonly removeDataDir: boolean,
    secret: string,
  ) {
    this.secret = secret;
    this.client = this.clientAs('root', secret);
  }

  /** Resolves when `/api/ping` answers; throws with what the process said when it ends or takes too long. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const port = options.port ?? (await freePort());
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'reprise-')));
    // Nothing of the caller's own environment but where Node keeps what it has compiled: its settings are for another installation.
    const { NODE_COMPILE_CACHE } = process.env;
    const node = NODE_COMPILE_CACHE === undefined ? MEMORY.env : { ...MEMORY.env, NODE_COMPILE_CACHE };
    const env = { ...node, TMPDIR: tmpdir(), PORT: String(port), REPRISE_DATA_DIR: dataDir, REPRISE_ROOT_CLIENT_SECRET: SECRET, ...options.env };
    const stdio = ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])] as const;
    const child = spawn(process.execPath, [...MEMORY.options, options.main], { env, stdio: [...stdio] });
    let output = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-100_000)));
    const server = new ServerProcess(
      `http://localhost:${port}`,
      port,
      dataDir,
      child,
      () => output,
      options.dataDir === undefined,
      env.REPRISE_ROOT_CLIENT_SECRET,
    );
    try {
      await server.untilReady(Date.now() + (options.readyWithinMs ?? 20_000));
    } catch (error) {
      await server.kill();
      await server.remove();
      throw error;
    }
    return server;
  }

  clientAs(clientId: string, clientSecret: string): ApiClient {
    return new ApiClient({ url: this.url, clientId, clientSecret });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What the process has said so far, at most its last 100,000 characters. */
  get said(): string {
    return this.output();
  }

  /** Sends a message to the program and answers its next one. */
  async ask<Answer>(message: object): Promise<Answer> {
    const answered = once(this.child, 'message') as Promise<[Answer]>;
    this.child.send(message);
    return (await answered)[0];
  }

  /** Resolves when the process has ended, however it did; at once if it has. */
  async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }

  /** Asks the process to end and waits; answers its exit code, null after a kill. */
  async stop(): Promise<number | null> {
    const code = await this.end('SIGTERM');
    await this.remove();
    return code;
  }

  /** As a loss of power: nothing is asked, nothing removed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Removes a temporary data folder. */
  async remove(): Promise<void> {
    if (this.removeDataDir) await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }

  private async untilReady(deadline: number): Promise<void> {
    for (;;) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`The server ended before it was ready:\n${this.said}`);
      const answer = await fetch(`${this.url}/api/ping`).catch(() => undefined);
      if (answer?.status === 204) return;
      if (Date.now() > deadline) throw new Error(`The server was not ready in time:\n${this.said}`);
      await pause(50);
    }
  }
}
