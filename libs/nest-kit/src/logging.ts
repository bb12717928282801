import type { LoggerService } from '@nestjs/common';
import { Logger } from '@reprise/kernel';
import { destination, pino, stdSerializers, type DestinationStream, type Logger as Pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const KEPT_BYTES = 1 << 20;

/** Structured logs, one JSON line each. */
export class PinoLogger extends Logger {
  private readonly pino: Pino;

  constructor(options: { level?: LogLevel; destination?: DestinationStream; /** Of the program, in each line. */ name?: string } = {}) {
    super();
    this.pino = pino(
      { level: options.level ?? 'info', ...(options.name === undefined ? {} : { name: options.name }), serializers: { cause: stdSerializers.err } },
      options.destination ?? errorOutput(),
    );
  }

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.pino.debug(fields, message);
  }
  info(message: string, fields: Record<string, unknown> = {}): void {
    this.pino.info(fields, message);
  }
  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.pino.warn(fields, message);
  }
  error(message: string, fields: Record<string, unknown> = {}): void {
    this.pino.error(fields, message);
  }
}

/** A disk that is full under the log ends no program: lines are kept up to a bound, beyond which they are lost, and written when there is room. */
function errorOutput(): DestinationStream {
  return destination({ fd: 2, sync: true, maxLength: KEPT_BYTES }).on('error', () => {});
}

/** Nest's own messages in our log: what it tells of its start is of use to developers only. */
export class NestLogs implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug(String(message), { context: context.at(-1) });
  }
  debug(message: unknown, ...context: unknown[]): void {
    this.logger.debug(String(message), { context: context.at(-1) });
  }
  verbose(message: unknown, ...context: unknown[]): void {
    this.logger.debug(String(message), { context: context.at(-1) });
  }
  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn(String(message), { context: context.at(-1) });
  }
  error(message: unknown, ...context: unknown[]): void {
    this.logger.error(message instanceof Error ? message.message : String(message), message instanceof Error ? { cause: message } : { context });
  }
}
