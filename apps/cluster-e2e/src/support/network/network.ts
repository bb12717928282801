import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CuttingProxy, type TestEngine } from '@reprise/engines';
import type { Fault } from '../faults.js';
import { ENGINES, type EngineName, type Service, WORKERS } from '../running-cluster.js';

export interface Pair {
  service: Service;
  engine: EngineName;
  proxy: CuttingProxy;
}

const SETTINGS: Record<EngineName, string> = { rabbitmq: 'REPRISE_AMQP_URL', mongodb: 'REPRISE_MONGODB_URL', minio: 'REPRISE_S3_ENDPOINT' };
const SERVICES: readonly Service[] = ['gateway', ...WORKERS];
const SLOW_MS = 150;
const SLOW_FOR_MS = 1_500;
/** More than two heartbeats of the broker's connections, and more than the database's driver waits for its monitor. */
const SILENT_MS = 50_000;

/** A way of its own between each service and each engine; whatever starts everything goes straight. */
export class Network {
  private constructor(
    readonly pairs: readonly Pair[],
    private readonly engines: Record<EngineName, TestEngine>,
  ) {}

  static async between(engines: Record<EngineName, TestEngine>): Promise<Network> {
    const pairs = SERVICES.flatMap((service) => ENGINES.map((engine) => ({ service, engine })));
    return new Network(await Promise.all(pairs.map(async (pair) => ({ ...pair, proxy: await CuttingProxy.start(engines[pair.engine].url) }))), engines);
  }

  /** Of the whole cluster. */
  get env(): Record<string, string> {
    const { rabbitmq, mongodb, minio } = this.engines;
    const own: Record<string, Record<string, string>> = {};
    for (const { service, engine, proxy } of this.pairs) (own[service] ??= {})[SETTINGS[engine]] = through(this.engines[engine].url, proxy);
    return {
      [SETTINGS.rabbitmq]: rabbitmq.url,
      [SETTINGS.mongodb]: mongodb.url,
      [SETTINGS.minio]: minio.url,
      REPRISE_S3_ACCESS_KEY: minio.accessKey,
      REPRISE_S3_SECRET_KEY: minio.secretKey,
      REPRISE_OWN_ADDRESSES: JSON.stringify(own),
      NODE_OPTIONS: `--import=${fileURLToPath(new URL('./own-addresses.js', import.meta.url))}`,
    };
  }

  /** The pairs that have a connection at all. */
  get used(): Pair[] {
    return this.pairs.filter(({ proxy }) => proxy.connections > 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.pairs.map(({ proxy }) => proxy.stop()));
  }
}

export function cut({ service, engine, proxy }: Pair): Fault {
  return { name: `${service} cut off from ${engine}`, inject: async () => proxy.cut() };
}

export function slow({ service, engine, proxy }: Pair): Fault {
  const inject = async () => {
    proxy.delayMs = SLOW_MS;
    await pause(SLOW_FOR_MS);
    proxy.delayMs = 0;
  };
  return { name: `${service} slow to ${engine}`, inject };
}

export function silent({ service, engine, proxy }: Pair): Fault {
  return { name: `silence between ${service} and ${engine}`, inject: () => proxy.beSilent(SILENT_MS) };
}

function through(url: string, proxy: CuttingProxy): string {
  return Object.assign(new URL(url), { port: String(proxy.port) }).href.replace(/\/$/, '');
}
