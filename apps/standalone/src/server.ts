import * as contracts from '@reprise/contracts';
import { RootClientNotice } from '@reprise/app-registry-service';
import { HttpServer } from '@reprise/gateway-service';
import type { Logger } from '@reprise/kernel';
import { SystemClock } from '@reprise/kernel';
import { TypedBus } from '@reprise/messaging-core';
import { InProcessTransport } from '@reprise/messaging-in-process';
import { contractsOf, MessagingStrategy, NestLogs } from '@reprise/nest-kit';
import type { StandaloneConfig } from './config.js';
import { openInstallation } from './installation.js';
import type { PortsOptions } from './ports.module.js';
import { StandaloneModule } from './standalone.module.js';

export interface Server {
  /** Made at this start, or undefined when there was a root client already. */
  freshSecret: string | undefined;
  /** Finishes what is in hand; jobs that run go on at the next start. */
  close(): Promise<void>;
}

/** Opens the data, starts messages, then HTTP; `around` see {@link PortsOptions}. Errors: those of the folders, the database and the port. */
export async function startServer(config: StandaloneConfig, logger: Logger, version: string, around?: PortsOptions['around']): Promise<Server> {
  const installation = await openInstallation(config);
  try {
    const transport = new InProcessTransport(new SystemClock(), logger);
    const module = StandaloneModule.of({ config, installation, bus: new TypedBus(transport), logger, version, around });
    const strategy = new MessagingStrategy(transport, { contracts: contractsOf(contracts), logger });
    const http = await HttpServer.start(module, { strategy, port: config.port, logger: new NestLogs(logger) });
    return {
      freshSecret: http.nest.get(RootClientNotice, { strict: false }).secret,
      close: async () => {
        try {
          await http.close();
        } finally {
          await installation.close();
        }
      },
    };
  } catch (error) {
    await installation.close().catch((cause: unknown) => logger.warn('Closing after a failed start failed too.', { cause }));
    throw error;
  }
}
