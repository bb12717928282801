import { stringifyWithRaw } from '@reprise/json-text';
import fastifyMultipart from '@fastify/multipart';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { JsonBody } from './json-body.js';
import { rememberCallers } from './patience.js';
import { parseQuery } from './query-string.js';

const MAX_JSON_BYTES = 32 * 2 ** 20;

/**
 * Fastify as the gateway's controllers need it. Create the application with `bodyParser: false`: JSON bodies stay texts
 * ({@link JsonBody}), and answers may hold raw JSON.
 */
export function createHttpAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_JSON_BYTES,
    // Squidex takes each route with and without a slash at its end.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1_000, querystringParser: parseQuery },
  });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => done(null, new JsonBody(text as string)));
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
    done(null, new URLSearchParams(text as string)),
  );
  fastify.setReplySerializer((answer) => stringifyWithRaw(answer));
  rememberCallers(fastify);
  void fastify.register(fastifyMultipart, { throwFileSizeLimit: false });
  return adapter;
}
