import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rabbitControl } from '@reprise/engines';
import { ServerProcess } from '@reprise/server-process';
import { root } from './input.mjs';
import { megabytes, peakFromNow, processorSeconds } from './processes.mjs';

/** Runs something with a cluster of its own, engines and all; `replicas` of each worker service. */
export async function withCluster(replicas, run) {
  const server = await ServerProcess.start({
    main: join(root, 'apps/cluster/dist/main.js'),
    // Where the engines' programs are, and what RabbitMQ's scripts call.
    env: { HOME: process.env.HOME, PATH: process.env.PATH, REPRISE_REPLICAS: String(replicas) },
    readyWithinMs: 300_000,
  });
  // Engines are in process groups of their own: who is interrupted would leave them behind.
  const interrupted = () => process.kill(server.pid, 'SIGTERM');
  process.on('exit', interrupted);
  try {
    return await run(new Cluster(server));
  } finally {
    process.off('exit', interrupted);
    await server.stop();
  }
}

class Cluster {
  constructor(server) {
    this.server = server;
  }

  /** The address of one of its engines. */
  urlOf(engine) {
    return this.running().engines.find(({ name }) => name === engine).url;
  }

  /** What all processes take while `run` runs, see {@link Usage}. None may end meanwhile. */
  async measured(run) {
    const { processes, engines } = this.running();
    const watched = [...processes, ...engines.map((engine) => ({ ...engine, engine: true }))];
    for (const { pid } of watched) peakFromNow(pid);
    const bytes = await this.brokerBytes();
    const [started, before] = [performance.now(), watched.map(({ pid }) => processorSeconds(pid))];
    const job = await run();
    const seconds = (performance.now() - started) / 1_000;
    const usage = watched.map(({ name, engine = false, pid }, i) => ({
      name,
      engine,
      processor: processorSeconds(pid) - before[i],
      peak: megabytes(pid, 'VmHWM'),
    }));
    return new Usage(job, seconds, (await this.brokerBytes()) - bytes, usage);
  }

  running() {
    return JSON.parse(readFileSync(join(this.server.dataDir, 'cluster.json'), 'utf8'));
  }

  /** What clients have sent to the broker over the connections that are open: these stay the same while a cluster runs undisturbed. */
  async brokerBytes() {
    const lines = await rabbitControl({ url: this.urlOf('rabbitmq') }, 'list_connections', '--no-table-headers', 'recv_oct');
    return lines
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line), 0);
  }
}

/** What a job took: seconds, bytes through the broker, and of each process its processor seconds and peak megabytes. */
class Usage {
  constructor(job, seconds, brokerBytes, processes) {
    Object.assign(this, { job, seconds, brokerBytes, processes });
  }

  /** Processor seconds of all processes that `which` takes. */
  processor(which = () => true) {
    return this.processes.filter(which).reduce((sum, { processor }) => sum + processor, 0);
  }

  /** Of the services alone, without the engines, the part that the one of this name has. */
  shareOf(service) {
    return this.processor(({ name }) => name === service) / this.processor(({ engine }) => !engine);
  }

  get perThousand() {
    return (this.processor() / this.job.handledEvents) * 1_000;
  }
}
