/** Names, apps, users and clients as a process of a cluster. */
import 'reflect-metadata';
import { RegistryStore } from '@reprise/app-registry-core';
import { MongoRegistryStore } from '@reprise/app-registry-mongodb';
import { NestFactory } from '@nestjs/core';
import { AppRegistryModule, RegistryConfig, RootClientNotice } from '@reprise/app-registry-service';
import { EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { ReadModelStore } from '@reprise/read-models-core';
import { MongoReadModelStore } from '@reprise/read-models-mongodb';
import { runService } from '@reprise/service-host';
import { baseUrlOf } from '@reprise/settings';
import { SETTINGS } from './settings.js';

await runService(
  {
    name: 'app-registry',
    messages: 'app-registry',
    module: AppRegistryModule,
    settings: SETTINGS,
    open: async ({ settings, connections }) => {
      const { REPRISE_ROOT_CLIENT_ID: rootClientId, REPRISE_ROOT_CLIENT_SECRET: rootClientSecret } = settings;
      const own = await connections.database('app-registry');
      return {
        ports: [
          [RegistryStore, new MongoRegistryStore(own)],
          [EventLogReader, new MongoEventLog(await connections.database('event-store'))],
          [ReadModelStore, new MongoReadModelStore(own)],
          [AssetObjects, connections.objects('assets')],
          [ArchiveObjects, connections.objects('archives')],
          [RegistryConfig, new RegistryConfig({ baseUrl: baseUrlOf(settings), rootClientId, ...(rootClientSecret === undefined ? {} : { rootClientSecret }) })],
        ],
      };
    },
    start: async (root, strategy, _context, logger) => {
      const nest = await NestFactory.createMicroservice(root, { strategy, logger, abortOnError: false });
      await nest.listen();
      const { secret } = nest.get(RootClientNotice, { strict: false });
      // Told once, to the one who started this process, else to whoever reads its output; it is stored as a hash.
      if (secret !== undefined && process.send) process.send({ freshSecret: secret });
      else if (secret !== undefined) process.stdout.write(`The root client's secret, not shown again: ${secret}\n`);
      return nest;
    },
  },
  process.env,
);
