import { PinoLogger, runProgram } from '@reprise/nest-kit';
import { engineSettings, readSettings } from '@reprise/settings';
import { Connections } from './connections.js';

/** The explicit step before services start, also of a new version: collections, indexes, buckets. Ends the process. */
export async function runMigration(env: NodeJS.ProcessEnv): Promise<void> {
  const name = 'migration';
  const logger = new PinoLogger({ name });
  const start = async () => {
    await new Connections(readSettings(engineSettings, env), name, logger).migrate();
    logger.info('Collections, indexes and buckets are there.');
    process.exit(0);
  };
  await runProgram({ name, logger, stopWithinMs: 0, start });
}
