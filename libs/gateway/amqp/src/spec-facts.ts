import { encodeBody } from '@reprise/messaging-core';
import type { AmqpInterface } from './amqp-interface.js';

/** For tests: a fact as the transport hands it over. */
export function tell(amqp: AmqpInterface, name: string, body: unknown): Promise<void> {
  const subscription = amqp.subscriptions.find((candidate) => candidate.name === name)!;
  return subscription.handle({ name, version: 1, messageId: 'm', correlationId: 'c9', attempt: 1, body: encodeBody(body) });
}
