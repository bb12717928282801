import { AsyncLocalStorage } from 'node:async_hooks';
import { Patience } from '@reprise/messaging-core';
import type { FastifyInstance } from 'fastify';

/** Whoever waits for the answer that is being made. */
interface Caller {
  hungUp: AbortSignal;
  patience?: Patience;
}

const callers = new AsyncLocalStorage<Caller>();

/** Lets {@link patienceOfCaller} know, in all that runs for a request, whose it is. The last hook before a handler: reading a body loses what is set before. */
export function rememberCallers(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (_request, reply, done) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    callers.run({ hungUp: gone.signal }, done);
  });
}

/** One for all that a request makes of others, which ends when its caller hangs up. */
export function patienceOfCaller(ms: number): Patience {
  const caller = callers.getStore();
  if (!caller) return new Patience(ms);
  return (caller.patience ??= new Patience(ms, caller.hungUp));
}
