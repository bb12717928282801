import * as contracts from '@reprise/contracts';
import { RootClientNotice } from '@reprise/app-registry-service';
import { createHttpAdapter } from '@reprise/gateway-service';
import type { Logger } from '@reprise/kernel';
import { SystemClock } from '@reprise/kernel';
import { TypedBus } from '@reprise/messaging-core';
import { InProcessTransport } from '@reprise/messaging-in-process';
import { contractsOf, MessagingStrategy, NestLogs } from '@reprise/nest-kit';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { StandaloneConfig } from './config.js';
import { openInstallation } from './installation.js';
import type { PortsOptions } from './ports.module.js';
import { StandaloneModule } from './standalone.module.js';

/** Downloads that are under way get so long when the server stops. */
const DOWNLOADS_END_MS = 3_000;

export interface Server {
  /** Made at this start, or undefined when there was a root client already. */
  freshSecret: string | undefined;
  /** Finishes what is in hand; jobs that run go on at the next start. */
  close(): Promise<void>;
}

/** Opens the data, starts messages, then HTTP; `around` see {@link PortsOptions}. Errors: those of the folders, the database and the port. */
export async function startServer(config: StandaloneConfig, logger: Logger, version: string, around?: PortsOptions['around']): Promise<Server> {
  const installation = await openInstallation(config);
  let nest: NestFastifyApplication | undefined;
  const close = async () => {
    const http = nest?.getHttpServer();
    const timer = setTimeout(() => http?.closeAllConnections(), DOWNLOADS_END_MS);
    try {
      await nest?.close();
    } finally {
      clearTimeout(timer);
      await installation.close();
    }
  };
  try {
    const transport = new InProcessTransport(new SystemClock(), logger);
    const module = StandaloneModule.of({ config, installation, bus: new TypedBus(transport), logger, version, around });
    nest = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(), {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogs(logger),
    });
    nest.connectMicroservice({ strategy: new MessagingStrategy(transport, { contracts: contractsOf(contracts), logger }) });
    // Messages before anything that sends some: jobs of the last run are taken up at once.
    await nest.startAllMicroservices();
    await nest.listen(config.port, '0.0.0.0');
    return { freshSecret: nest.get(RootClientNotice, { strict: false }).secret, close };
  } catch (error) {
    await close().catch((cause: unknown) => logger.warn('Closing after a failed start failed too.', { cause }));
    throw error;
  }
}
