import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineKind, EnginePlace } from './engine.js';
import { isListening } from './ports.js';
import { programNamed, requiredProgram } from './programs.js';

export const rabbitMq: EngineKind = {
  name: 'rabbitmq',
  // For clients, for the node's own distribution, for its port mapper.
  ports: 3,
  isInstalled: () => programNamed('rabbitmq-server') !== undefined && programNamed('epmd') !== undefined,
  at,
};

function at({ folder, ports }: EnginePlace): Engine {
  const [port, distribution, epmdPort] = ports as [number, number, number];
  const env = {
    // Its own port mapper and folders, as its cookie in its home: nothing is shared with another broker.
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Its data are found by the node's name, which says nothing of the port: that may be another next time.
    RABBITMQ_NODENAME: 'reprise@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    // Schedulers that have nothing to do sleep instead of spinning, as RabbitMQ's guide to its runtime advises where processors are shared.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
  return {
    name: 'rabbitmq',
    folder,
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    command: requiredProgram('rabbitmq-server'),
    args: [],
    env,
    worker: 'beam.smp',
    prepare: async () => {
      await mkdir(folder, { recursive: true });
    },
    isReady: () => isListening(port),
  };
}
