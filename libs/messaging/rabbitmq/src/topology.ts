import type { Channel } from 'amqplib';
import type { FactSubscription, RequestSubscription, Subscription, WorkSubscription } from '@reprise/messaging-core';
import type { Names } from './names.js';

const DURABLE = { durable: true };
/** The broker hands a message out again when its consumer dies; one that kills each of them ends among the dead letters. */
const DELIVERY_LIMIT = 50;
/** Listing dead letters hands them out; the broker's own limit (20 from version 4) would drop them in the end. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** A message leaves such a queue for another one only when it is safe there. */
function movingTo(routingKey?: string): Record<string, unknown> {
  return {
    'x-dead-letter-exchange': '',
    ...(routingKey === undefined ? {} : { 'x-dead-letter-routing-key': routingKey }),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

export async function declareExchanges(channel: Channel, names: Names): Promise<void> {
  for (const kind of ['request', 'work', 'fact', 'broadcast'] as const) await channel.assertExchange(names.exchange(kind), 'topic', DURABLE);
}

/** Goes with the last process that answers, so that a request nobody would answer comes back at once. */
export async function declareRequestQueue(channel: Channel, names: Names, { name }: RequestSubscription): Promise<string> {
  const queue = names.requestQueue(name);
  await channel.assertQueue(queue, { ...DURABLE, autoDelete: true });
  await channel.bindQueue(queue, names.exchange('request'), name);
  return queue;
}

export async function declareQueue(channel: Channel, names: Names, subscription: WorkSubscription | FactSubscription): Promise<string> {
  const queue = names.queue(subscription);
  const dead = names.deadQueue(queue);
  await channel.assertQueue(dead, { ...DURABLE, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT } });
  await channel.assertQueue(queue, { ...DURABLE, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': DELIVERY_LIMIT, ...movingTo(dead) } });
  await channel.bindQueue(queue, names.exchange(subscription.channel), subscription.name);
  return queue;
}

/** One for each process and connection. */
export async function declareBroadcastQueue(channel: Channel, names: Names, subscriptions: readonly Subscription[]): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
  for (const { name } of subscriptions) await channel.bindQueue(queue, names.exchange('broadcast'), name);
  return queue;
}

/**
 * Holds messages for so long, then gives each to the queue that its routing key names. A quorum queue, since a classic one drops what
 * expires while the broker starts (seen with 3.10).
 */
export async function declareDelay(channel: Channel, names: Names, ms: number): Promise<void> {
  const name = names.delay(ms);
  await channel.assertExchange(name, 'fanout', DURABLE);
  await channel.assertQueue(name, { ...DURABLE, arguments: { 'x-queue-type': 'quorum', 'x-message-ttl': ms, ...movingTo() } });
  await channel.bindQueue(name, name, '');
}
