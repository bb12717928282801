/** `npm run cluster`: engines where no address is given, and every service as processes of its own, on this machine. */
import { greeting, PinoLogger, runProgram } from '@reprise/nest-kit';
import { readConfig } from './config.js';
import { startCluster } from './launcher.js';

const STOP_WITHIN_MS = 40_000;

const logger = new PinoLogger({ name: 'cluster' });
await runProgram({
  name: 'The cluster',
  logger,
  stopWithinMs: STOP_WITHIN_MS,
  start: async (signal) => {
    const config = readConfig(process.env);
    const cluster = await startCluster(config, process.env, logger, signal);
    process.stdout.write(greeting(config, cluster.freshSecret));
    return () => cluster.stop();
  },
});
