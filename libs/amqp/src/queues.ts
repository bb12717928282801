import type { Channel } from 'amqplib';

/** Survive the broker's restart. */
export const DURABLE = { durable: true };

/** The broker hands a message out again when its consumer dies; one that kills each of them ends among the dead letters. */
const DELIVERY_LIMIT = 50;
/** Listing dead letters hands them out; the broker's own limit (20 from version 4) would drop them in the end. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** A message leaves such a queue for another one only when it is safe there. */
export function movingTo(exchange: string, routingKey?: string): Record<string, unknown> {
  return {
    'x-dead-letter-exchange': exchange,
    ...(routingKey === undefined ? {} : { 'x-dead-letter-routing-key': routingKey }),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
}

export function deadQueueOf(queue: string): string {
  return `${queue}.dead`;
}

/** A quorum queue with its dead letters beside it. */
export async function declareQuorumQueue(channel: Channel, queue: string): Promise<void> {
  await declareBoth(channel, queue, movingTo('', deadQueueOf(queue)), {});
}

/**
 * The same behind an exchange: what is rejected among the dead letters returns through it as it first came, with its routing key and with what only its
 * sender may set, such as `user_id`.
 */
export async function declareReturningQueue(channel: Channel, queue: string, exchange: string): Promise<void> {
  const dead = deadQueueOf(queue);
  await channel.assertExchange(dead, 'fanout', DURABLE);
  await declareBoth(channel, queue, movingTo(dead), movingTo(exchange));
  await channel.bindQueue(dead, dead, '');
}

async function declareBoth(channel: Channel, queue: string, moves: Record<string, unknown>, deadMoves: Record<string, unknown>): Promise<void> {
  const quorum = { 'x-queue-type': 'quorum' };
  await channel.assertQueue(deadQueueOf(queue), { ...DURABLE, arguments: { ...quorum, 'x-delivery-limit': NO_DELIVERY_LIMIT, ...deadMoves } });
  await channel.assertQueue(queue, { ...DURABLE, arguments: { ...quorum, 'x-delivery-limit': DELIVERY_LIMIT, ...moves } });
}
