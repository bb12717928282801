import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@reprise/server-process';
import { readCompose } from './compose-file.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 150_000;

/** What a container of ours starts, by the Dockerfile: the command behind `node`, and the environment. */
export function image() {
  const text = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const [node, ...options] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)[1]);
  if (node !== 'node') throw new Error('The image starts no Node.');
  const environment = Object.fromEntries(
    /^ENV (.*)$/m
      .exec(text)[1]
      .split(' ')
      .map((pair) => pair.split('=')),
  );
  return { options, environment };
}

/** The services of docker-compose.yml as processes on this machine, with the file's commands and environments but for addresses and ports. */
export class ClusterOfProcesses {
  /** Those that run, by name. */
  processes = new Map();
  url = '';

  constructor(engines, variables = {}) {
    const { amqp, mongo, s3 } = engines;
    this.services = readCompose(variables).services;
    this.addresses = {
      REPRISE_AMQP_URL: amqp.url,
      REPRISE_MONGODB_URL: mongo.url,
      REPRISE_S3_ENDPOINT: s3.url,
      REPRISE_S3_ACCESS_KEY: s3.accessKey,
      REPRISE_S3_SECRET_KEY: s3.secretKey,
      REPRISE_INSTALLATION: `compose-${randomUUID().slice(0, 8)}`,
    };
  }

  /** Starts a service; `as` names a further replica of it. */
  async start(service, as = service) {
    const { command, environment } = this.services[service];
    const [healthPort, port] = await freePorts(2);
    const { options, environment: fixed } = image();
    const own = { ...fixed, PATH: process.env.PATH, ...environment, ...this.addresses, REPRISE_HEALTH_PORT: String(healthPort) };
    if (service === 'gateway') {
      own.PORT = String(port);
      this.url = `http://127.0.0.1:${port}`;
    }
    const child = spawn(process.execPath, [...options, ...command], { cwd: root, env: own, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = { name: as, child, said: '', ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal))) };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (started.said += text));
    started.ask = async (path) => {
      const answer = await fetch(`http://127.0.0.1:${healthPort}${path}`, { signal: AbortSignal.timeout(10_000) });
      return { code: answer.status, ...(await answer.json()) };
    };
    this.processes.set(as, started);
    return started;
  }

  /** Resolves when it is ready; throws with what it said when it ends or takes too long. */
  async startReady(service, as = service) {
    const started = await this.start(service, as);
    const deadline = performance.now() + READY_WITHIN_MS;
    while ((await started.ask('/readyz').catch(() => undefined))?.code !== 200) {
      if (started.child.exitCode !== null || performance.now() > deadline) throw new Error(`${as} is not ready:\n${started.said}`);
      await pause(50);
    }
  }

  /** SIGTERM, as `docker stop` does. Answers exit code and milliseconds. */
  async stop(name) {
    const { child, ended } = this.processes.get(name);
    const since = performance.now();
    child.kill('SIGTERM');
    const code = await ended;
    this.processes.delete(name);
    return { name, code, ms: performance.now() - since };
  }

  async kill() {
    for (const { child, ended } of this.processes.values()) {
      child.kill('SIGKILL');
      await ended;
    }
  }
}
