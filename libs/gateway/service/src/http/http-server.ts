import type { Server } from 'node:http';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpAdapter } from './http-adapter.js';

/** Downloads that are under way get so long when the server stops. */
const DOWNLOADS_END_MS = 3_000;

export interface HttpServerOptions {
  /** What carries the module's messages. */
  strategy: CustomTransportStrategy;
  port: number;
  logger: LoggerService;
}

/** A module with the gateway in it, over messages and HTTP. */
export class HttpServer {
  private constructor(readonly nest: NestFastifyApplication) {}

  /** Starts messages before HTTP: jobs of the last run are taken up at once. Errors: those of the module, and of the port as Node has them. */
  static async start(module: DynamicModule, { strategy, port, logger }: HttpServerOptions): Promise<HttpServer> {
    const nest = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(), { bodyParser: false, abortOnError: false, logger });
    const server = new HttpServer(nest);
    try {
      nest.connectMicroservice({ strategy });
      await nest.startAllMicroservices();
      await nest.listen(port, '0.0.0.0');
      return server;
    } catch (error) {
      await server.close().catch((cause: unknown) => void logger.warn('Closing after a failed start failed too.', cause));
      throw error;
    }
  }

  async close(): Promise<void> {
    const http: Server = this.nest.getHttpServer();
    const timer = setTimeout(() => void http.closeAllConnections(), DOWNLOADS_END_MS);
    try {
      await this.nest.close();
    } finally {
      clearTimeout(timer);
    }
  }
}
