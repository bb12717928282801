import type { Channel } from 'amqplib';
import { declareQuorumQueue, DURABLE, movingTo } from '@reprise/amqp';
import type { FactSubscription, RequestSubscription, Subscription, WorkSubscription } from '@reprise/messaging-core';
import type { Names } from './names.js';

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

/** Whether anybody answers such requests right now. */
export async function isAnswered(channel: Channel, names: Names, name: string): Promise<boolean> {
  try {
    return (await channel.checkQueue(names.requestQueue(name))).consumerCount > 0;
  } catch (error) {
    if ((error as { code?: number }).code === 404) return false;
    throw error;
  }
}

export async function declareQueue(channel: Channel, names: Names, subscription: WorkSubscription | FactSubscription): Promise<string> {
  const queue = names.queue(subscription);
  await declareQuorumQueue(channel, queue);
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
  await channel.assertQueue(name, { ...DURABLE, arguments: { 'x-queue-type': 'quorum', 'x-message-ttl': ms, ...movingTo('') } });
  await channel.bindQueue(name, name, '');
}
