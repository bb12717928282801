import { defineBroadcast, defineFact, defineRequest, defineWork } from '@reprise/contracts';
import { toRepriseError } from '@reprise/kernel';
import {
  encodeBody,
  parseBody,
  type BroadcastSubscription,
  type Delivery,
  type FactSubscription,
  type RequestSubscription,
  type WorkSubscription,
} from '@reprise/messaging-core';
import { z } from 'zod';

export const ask = defineRequest('tests.ask', { body: z.unknown(), reply: z.unknown() });
export const job = defineWork('tests.job', { body: z.unknown(), maxAttempts: 3 });
export const news = defineFact('tests.news', { body: z.unknown() });
export const call = defineBroadcast('tests.call', { body: z.unknown() });

type Handle = (body: unknown, delivery: Delivery) => unknown;

async function run(handle: Handle, delivery: Delivery): Promise<unknown> {
  return handle(parseBody(delivery.body), delivery);
}

export function answers(handle: Handle, name = ask.name): RequestSubscription {
  return {
    channel: 'request',
    name,
    handle: (delivery) =>
      run(handle, delivery).then(
        (reply) => ({ body: encodeBody(reply) }),
        (error: unknown) => ({ error: toRepriseError(error).toBody() }),
      ),
  };
}

export function does(handle: Handle, options: Partial<WorkSubscription> = {}): WorkSubscription {
  return {
    channel: 'work',
    name: job.name,
    concurrency: 2,
    maxAttempts: job.maxAttempts,
    handle: async (delivery) => void (await run(handle, delivery)),
    ...options,
  };
}

export function hears(group: string, handle: Handle): FactSubscription {
  return { channel: 'fact', name: news.name, group, handle: async (delivery) => void (await run(handle, delivery)) };
}

export function listens(handle: Handle): BroadcastSubscription {
  return { channel: 'broadcast', name: call.name, handle: async (delivery) => void (await run(handle, delivery)) };
}
