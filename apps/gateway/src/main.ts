/** HTTP, and AMQP for internal services, as a process of a cluster. */
import 'reflect-metadata';
import { AmqpInterface } from '@reprise/gateway-amqp';
import { GatewayConfig, GatewayModule, HttpServer } from '@reprise/gateway-service';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { runService } from '@reprise/service-host';
import { baseUrlOf } from '@reprise/settings';
import { SETTINGS } from './settings.js';

let amqp: AmqpInterface | undefined;

await runService(
  {
    name: 'gateway',
    module: GatewayModule,
    settings: SETTINGS,
    open: async ({ settings, engines, connections, bus, logger }) => {
      const baseUrl = baseUrlOf(settings);
      const patienceMs = settings.REPRISE_PATIENCE * 1_000;
      amqp = new AmqpInterface({
        urls: [engines.REPRISE_AMQP_URL],
        name: 'gateway',
        bus,
        clients: settings.REPRISE_AMQP_CLIENTS,
        baseUrl,
        logger,
        installation: engines.REPRISE_INSTALLATION,
        patienceMs,
      });
      connections.addBroker('callers', () => amqp!.health());
      return {
        subscriptions: amqp.subscriptions,
        ports: [
          [AssetObjects, connections.objects('assets')],
          [ArchiveObjects, connections.objects('archives')],
          [GatewayConfig, new GatewayConfig({ baseUrl, maxArchiveBytes: settings.REPRISE_MAX_ARCHIVE_BYTES, patienceMs })],
        ],
      };
    },
    start: async (root, strategy, { settings }, logger) => {
      const http = await HttpServer.start(root, { strategy, port: settings.PORT, logger });
      await amqp!.start();
      return {
        close: async () => {
          await Promise.all([amqp!.stop(), http.close()]);
        },
      };
    },
  },
  process.env,
);
