/** Reprise in one process: settings from the environment, SQLite and folders for its data. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { isRepriseError } from '@reprise/kernel';
import { PinoLogger } from '@reprise/nest-kit';
import { ConfigError, readConfig } from './config.js';
import { greeting } from './greeting.js';
import { type Server, startServer } from './server.js';

/** Beyond it the process ends as if it were killed, which loses nothing. */
const STOP_WITHIN_MS = 8_000;

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
const logger = new PinoLogger();
let starting: Promise<Server> | undefined;
let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
  void (async () => {
    try {
      await (await starting)?.close();
    } catch (cause) {
      logger.warn('Stopping was not clean. Nothing is lost; what was running goes on at the next start.', { cause });
    }
    process.exit(0);
  })();
}

function describe(error: unknown): string {
  if (error instanceof ConfigError || isRepriseError(error)) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'The port is in use. Stop what uses it, or choose another one with PORT.';
  if (code === 'EACCES') return 'The port may not be used by this user. Choose another one with PORT, 1024 or more.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
// Started by another process of ours: it must not outlive that one.
if (process.channel) process.on('disconnect', stop);

try {
  const config = readConfig(process.env);
  starting = startServer(config, logger, version);
  const { freshSecret } = await starting;
  process.stdout.write(greeting(config, freshSecret));
} catch (error) {
  process.stderr.write(`Reprise can't start. ${describe(error)}\n`);
  process.exit(1);
}
