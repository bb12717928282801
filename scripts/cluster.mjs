/** `npm run cluster`: installs the engines that are missing and that no address is given of, then runs the cluster as run.mjs does. */
import { install } from '../deploy/engines/install.mjs';
import { minio } from '../deploy/engines/minio.mjs';
import { rabbitmq } from '../deploy/engines/rabbitmq.mjs';
import { secantusdb } from '../deploy/engines/secantusdb.mjs';

const wanted = [
  ['REPRISE_AMQP_URL', rabbitmq],
  ['REPRISE_MONGODB_URL', secantusdb],
  ['REPRISE_S3_ENDPOINT', minio],
].filter(([setting, engine]) => !process.env[setting]?.trim() && !engine.find());
if (install(wanted.map(([, engine]) => engine)) > 0) {
  console.error(`The cluster can't start without them. An engine elsewhere is given by ${wanted.map(([setting]) => setting).join(', ')}.`);
  process.exit(1);
}
process.argv.splice(2, 0, 'apps/cluster/dist/main.js');
await import('./run.mjs');
