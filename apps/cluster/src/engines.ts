import { join } from 'node:path';
import { endProcessesOf, EngineProcess, minio, mongoDb, rabbitMq, type Engine, type EngineKind } from '@reprise/engines';
import type { Logger } from '@reprise/kernel';
import { freePorts } from '@reprise/server-process';
import type { ClusterConfig } from './config.js';
import type { ClusterFile } from './cluster-file.js';
import { Supervisor } from './supervisor.js';

const KINDS: Record<keyof ClusterConfig['addresses'], EngineKind> = { rabbitmq: rabbitMq, mongodb: mongoDb, minio };
const SETTINGS = {
  rabbitmq: ({ url }: Engine) => ({ REPRISE_AMQP_URL: url }),
  mongodb: ({ url }: Engine) => ({ REPRISE_MONGODB_URL: url }),
  minio: ({ url, accessKey = '', secretKey = '' }: Engine) => ({
    REPRISE_S3_ENDPOINT: url,
    REPRISE_S3_ACCESS_KEY: accessKey,
    REPRISE_S3_SECRET_KEY: secretKey,
  }),
};

/** The engines that nobody gave an address of, on ports that stay theirs while the cluster runs. */
export class Engines {
  private readonly supervisors: Supervisor[] = [];

  constructor(
    private readonly config: ClusterConfig,
    private readonly file: ClusterFile,
    private readonly logger: Logger,
  ) {}

  /** Resolves with the settings that lead services there, when all are ready. Nothing is started any more once the signal says so. */
  async start(signal: AbortSignal): Promise<Record<string, string>> {
    const names = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter((name) => this.config.addresses[name] === undefined);
    const settings = await Promise.all(names.map(async (name) => SETTINGS[name](await this.startEngine(KINDS[name], signal))));
    return Object.assign({}, ...settings) as Record<string, string>;
  }

  async stop(withinMs: number): Promise<void> {
    await Promise.all(this.supervisors.map((supervisor) => supervisor.stop(withinMs)));
  }

  private async startEngine(kind: EngineKind, signal: AbortSignal): Promise<Engine> {
    const engine = kind.at({ folder: join(this.config.dataDir, 'engines', kind.name), ports: await freePorts(kind.ports) });
    // Of a run before that was killed: each is in a process group of its own and lives on, as what it started by itself does.
    await endProcessesOf(engine.folder);
    const log = join(this.config.logDir, `${kind.name}.log`);
    let first: EngineProcess | undefined;
    const launch = async () => {
      const launched = await EngineProcess.launch(engine, log);
      first ??= launched;
      // Not waited for: the process that does the work may take its time, or end before it is there.
      void launched.pid().then(async (pid) => {
        const entry = { name: kind.name, pid, url: engine.url, log };
        this.file.showEngine(entry);
        await launched.ended;
        this.file.hideEngine(entry);
      });
      return { ended: launched.ended, stop: (withinMs: number) => launched.stop(withinMs), tidy: () => launched.kill() };
    };
    const supervisor = new Supervisor(kind.name, launch, this.logger);
    signal.throwIfAborted();
    this.supervisors.push(supervisor);
    await supervisor.start();
    await first!.untilReady();
    return engine;
  }
}
