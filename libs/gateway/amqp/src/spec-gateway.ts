/** The AMQP interface as a process of a test's own, which says on a line of its output which app it backs up: `node spec-gateway.js <url>`. */
import { findApp, findClient, startBackup } from '@reprise/contracts';
import { SilentLogger } from '@reprise/kernel';
import { AmqpInterface } from './amqp-interface.js';
import { BrokerClients } from './broker-clients.js';
import { Services } from './spec-services.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const services = new Services();
services.on(findClient, () => ({ principal: { actor: 'client:shop:ci', administrator: false, app: { id: 'a1', name: 'shop', role: 'Owner' } } }));
services.on(findApp, ({ name }) => ({ app: { id: 'a1', name } }));
services.on(startBackup, ({ app }) => {
  say(app.name);
  return { jobId: 'j1' };
});
const amqp = new AmqpInterface({
  urls: [process.argv[2]!],
  name: 'tests',
  bus: services,
  clients: BrokerClients.parse('guest=shop:ci'),
  baseUrl: 'http://localhost',
  logger: new SilentLogger(),
  installation: 'reprise',
});
await amqp.start();
say('ready');
