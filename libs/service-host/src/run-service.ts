import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as contracts from '@reprise/contracts';
import { Clock, Logger, SystemClock, toRepriseError } from '@reprise/kernel';
import { MessageBus, TypedBus, type Subscription } from '@reprise/messaging-core';
import { contractsOf, MessagingStrategy, NestLogs, Periodic, PinoLogger, runProgram } from '@reprise/nest-kit';
import { engineSettings, port, readSettings } from '@reprise/settings';
import type { z } from 'zod';
import { Connections, type EngineSettings } from './connections.js';
import { Health } from './health.js';
import { metricsOf } from './metrics.js';

/** What is in hand gets five seconds of it; see the transport. */
const STOP_WITHIN_MS = 20_000;
const SWEEP_MS = 6 * 3_600_000;
/** Of every service. */
export const HOST_SETTINGS = { ...engineSettings, REPRISE_HEALTH_PORT: port().default(8081) };

export interface ServiceContext<Shape extends z.ZodRawShape> {
  settings: z.output<z.ZodObject<Shape>>;
  engines: EngineSettings;
  connections: Connections;
  bus: MessageBus;
  logger: Logger;
}

export interface ServiceParts {
  /** Which adapter stands behind each port of the module; bus, clock and logger are there already. */
  ports: Iterable<readonly [unknown, object]>;
  /** What it listens to beside the handlers of its module. */
  subscriptions?: readonly Subscription[];
  /** After everything that uses them has stopped. */
  close?: () => Promise<void>;
  /** Removes what processes of this service that died have left behind. Any number may do it at once. */
  sweep?: () => Promise<void>;
}

export interface ServiceDefinition<Shape extends z.ZodRawShape> {
  name: string;
  /** First part of the names of its messages: each of its requests and works must have a handler. */
  messages?: string;
  module: Type;
  /** Beside those of the engines. */
  settings: Shape;
  open(context: ServiceContext<Shape>): Promise<ServiceParts>;
  /** Starts more than messages; they alone if absent. */
  start?(root: DynamicModule, strategy: MessagingStrategy, context: ServiceContext<Shape>, logs: NestLogs): Promise<{ close(): Promise<void> }>;
}

/** One service as a process: settings, engines, its module over messages, health. Ends with the process. */
export async function runService<Shape extends z.ZodRawShape>(definition: ServiceDefinition<Shape>, env: NodeJS.ProcessEnv): Promise<void> {
  const { name } = definition;
  const logger = new PinoLogger({ name });
  const start = async () => {
    const host = readSettings(HOST_SETTINGS, env);
    const settings = readSettings(definition.settings, env);
    const connections = new Connections(host, name, logger);
    let state: 'starting' | 'started' | 'stopping' = 'starting';
    const health = new Health(
      async () => (state === 'started' ? connections.unreachable() : [state]),
      () => metricsOf(connections.brokerHealth()),
    );
    await health.listen(host.REPRISE_HEALTH_PORT);

    const bus = new TypedBus(connections.transport);
    const context = { settings, engines: host, connections, bus, logger };
    const { ports: own, subscriptions = [], close, sweep } = await definition.open(context);
    const ports = [[MessageBus, bus], [Clock, new SystemClock()], [Logger, logger], ...own] as const;
    const strategy = new MessagingStrategy(connections.transport, { contracts: ownContracts(definition.messages), subscriptions, logger });
    const nest = await (definition.start ?? startMessages)(rootOf(definition.module, ports), strategy, context, new NestLogs(logger));
    const sweeping = new Periodic(SWEEP_MS, async () => {
      try {
        await connections.sweep();
        await sweep?.();
      } catch (error) {
        logger.warn('What others left behind could not be removed; this is tried again.', { error: toRepriseError(error).code });
      }
    });
    sweeping.start();
    void sweeping.run();
    state = 'started';
    logger.info('Started.');
    process.send?.({ started: true });

    return async () => {
      state = 'stopping';
      await nest.close();
      await sweeping.stop();
      await close?.();
      await connections.close();
      await health.close();
      logger.info('Stopped.');
    };
  };
  await runProgram({ name, logger, stopWithinMs: STOP_WITHIN_MS, start });
}

async function startMessages(root: DynamicModule, strategy: MessagingStrategy, _context: unknown, logger: NestLogs): Promise<{ close(): Promise<void> }> {
  const nest = await NestFactory.createMicroservice(root, { strategy, logger, abortOnError: false });
  await nest.listen();
  return nest;
}

@Module({})
class PortsModule {}
@Module({})
class RootModule {}

function rootOf(module: Type, ports: readonly (readonly [unknown, object])[]): DynamicModule {
  const providers = ports.map(([provide, useValue]) => ({ provide: provide as Type, useValue }));
  const portsModule = { module: PortsModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  return { module: RootModule, imports: [portsModule, module] };
}

function ownContracts(prefix: string | undefined) {
  return contractsOf(contracts).filter(({ name }) => prefix !== undefined && name.startsWith(`${prefix}.`));
}
