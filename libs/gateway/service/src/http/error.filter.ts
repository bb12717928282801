import { randomUUID } from 'node:crypto';
import { Logger } from '@reprise/kernel';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerTo } from './error-answers.js';
import type { GatewayRequest } from './request.js';

/** The one place where errors become HTTP. What we didn't foresee goes to the log under the answer's trace id. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<GatewayRequest>();
    const traceId = randomUUID();
    const answer = answerTo(error, traceId);
    if (answer.unexpected) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      const path = request.url?.split('?')[0];
      this.logger.error('A request failed.', {
        traceId,
        method: request.method,
        path,
        error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      });
    }
    if (reply.sent) return;
    // Whatever the handler had meant to send with it.
    for (const name of ['content-type', 'content-length', 'content-disposition', 'content-range', 'etag']) reply.removeHeader(name);
    await reply.status(answer.status).headers(answer.headers).send(answer.body);
  }
}
