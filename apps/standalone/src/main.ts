/** Reprise in one process: settings from the environment, SQLite and folders for its data. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { greeting, PinoLogger, runProgram } from '@reprise/nest-kit';
import { readConfig } from './config.js';
import { startServer } from './server.js';

const STOP_WITHIN_MS = 8_000;

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
const logger = new PinoLogger();

await runProgram({
  name: 'Reprise',
  logger,
  stopWithinMs: STOP_WITHIN_MS,
  start: async () => {
    const config = readConfig(process.env);
    const server = await startServer(config, logger, version);
    process.stdout.write(greeting({ ...config, knowsSecret: config.rootClientSecret !== undefined }, server.freshSecret));
    return () => server.close();
  },
});
