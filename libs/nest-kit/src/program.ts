import { isRepriseError, type Logger } from '@reprise/kernel';

export interface ProgramOptions {
  /** As it names itself when it can't start. */
  name: string;
  logger: Logger;
  /** Beyond it the process ends as if it were killed, which loses nothing. */
  stopWithinMs: number;
  /**
   * Answers how it is stopped. The signal comes when the program is told to stop: a start that may take long gives up then, and rejects with the
   * signal's reason when nothing of it is left; any other is stopped as soon as it is started.
   */
  start: (signal: AbortSignal) => Promise<() => Promise<void>>;
}

/** Runs a program until it is told to stop: by a signal, or by the end of the process that started it. */
export async function runProgram({ name, logger, stopWithinMs, start }: ProgramOptions): Promise<void> {
  const started = Promise.withResolvers<() => Promise<void>>();
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    setTimeout(() => process.exit(0), stopWithinMs).unref();
    void (async () => {
      try {
        await (
          await started.promise
        )();
      } catch (cause) {
        logger.warn('Stopping was not clean. Nothing is lost; what was running goes on at the next start.', { cause });
      }
      process.exit(0);
    })();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // Started by another process of ours: it must not outlive that one.
  if (process.channel) process.on('disconnect', stop);
  // A disk that is full under its output, a reader that is gone: no reason to end.
  process.stdout.on('error', () => {});
  try {
    started.resolve(await start(stopping.signal));
  } catch (error) {
    if (error === stopping.signal.reason) process.exit(0);
    process.stderr.write(`${name} can't start. ${describe(error)}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (isRepriseError(error)) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'The port is in use. Stop what uses it, or choose another one with PORT.';
  if (code === 'EACCES') return 'The port may not be used by this user. Choose another one with PORT, 1024 or more.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
