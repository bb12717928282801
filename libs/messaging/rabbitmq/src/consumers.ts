import type { Channel, ConsumeMessage } from 'amqplib';
import { toRepriseError, type Logger } from '@reprise/kernel';
import {
  attemptDelivery,
  concurrencyOf,
  type Backoff,
  type BroadcastSubscription,
  type FactSubscription,
  type RequestSubscription,
  type Subscription,
  type WorkSubscription,
} from '@reprise/messaging-core';
import type { Connection } from './connection.js';
import { buried } from './dead-letters.js';
import type { Names } from './names.js';
import { toDelivery, toReply } from './properties.js';
import type { Publisher } from './publisher.js';
import { declareBroadcastQueue, declareExchanges, declareQueue, declareRequestQueue } from './topology.js';

/** Requests are taken until all else is done, since what is in hand may ask. */
type Kind = 'request' | 'other';

/** What this process listens to, on one channel; knows what is in hand. */
export class Consumers {
  private readonly inHand: Record<Kind, Set<Promise<void>>> = { request: new Set(), other: new Set() };
  private readonly stopped = new Set<Kind>();
  private tags: { kind: Kind; tag: string }[] = [];
  private channel!: Channel;
  private connection!: Connection;

  constructor(
    private readonly subscriptions: readonly Subscription[],
    private readonly names: Names,
    private readonly publisher: Publisher,
    private readonly backoff: Backoff,
    private readonly logger: Logger,
  ) {}

  async open(connection: Connection): Promise<void> {
    this.connection = connection;
    await connection.channel({ confirm: false }, (channel) => this.setUp(channel));
  }

  /** Takes nothing more of that kind. */
  async stop(kind: Kind): Promise<void> {
    this.stopped.add(kind);
    const tags = this.tags.filter((consumer) => consumer.kind === kind);
    // On a lost channel there is nothing to cancel.
    await Promise.allSettled(tags.map(async ({ tag }) => this.channel.cancel(tag)));
  }

  /** Resolves when nothing of that kind is in hand. */
  async idle(kind: Kind): Promise<void> {
    while (this.inHand[kind].size > 0) await Promise.all(this.inHand[kind]);
  }

  private async setUp(channel: Channel): Promise<void> {
    this.channel = channel;
    this.tags = [];
    await declareExchanges(channel, this.names);
    const listeners: BroadcastSubscription[] = [];
    for (const subscription of this.subscriptions) {
      if (subscription.channel === 'request') {
        await this.consume('request', await declareRequestQueue(channel, this.names, subscription), (message) => this.answer(subscription, message));
      } else if (subscription.channel === 'broadcast') {
        listeners.push(subscription);
      } else {
        const queue = await declareQueue(channel, this.names, subscription);
        await channel.prefetch(concurrencyOf(subscription));
        await this.consume('other', queue, (message) => this.attempt(subscription, queue, channel, message), false);
      }
    }
    if (listeners.length > 0) {
      await this.consume('other', await declareBroadcastQueue(channel, this.names, listeners), (message) => this.tell(listeners, message));
    }
  }

  /** Requests and broadcasts are not acknowledged: they are never run a second time. */
  private async consume(kind: Kind, queue: string, handle: (message: ConsumeMessage) => Promise<void>, noAck = true): Promise<void> {
    if (this.stopped.has(kind)) return;
    const onMessage = (message: ConsumeMessage | null) => {
      // The broker cancelled the consumer: its queue was deleted, or moved.
      if (!message) return this.connection.renew();
      const run = handle(message).finally(() => this.inHand[kind].delete(run));
      this.inHand[kind].add(run);
    };
    const { consumerTag: tag } = await this.channel.consume(queue, onMessage, { noAck });
    this.tags.push({ kind, tag });
  }

  private async answer(subscription: RequestSubscription, message: ConsumeMessage): Promise<void> {
    const { replyTo, messageId } = message.properties as { replyTo?: string; messageId: string };
    const answer = await subscription.handle(toDelivery(message, subscription.name)).catch((error: unknown) => ({ error: toRepriseError(error).toBody() }));
    try {
      if (replyTo) await this.publisher.reply(replyTo, messageId, toReply(answer));
    } catch (error) {
      this.logger.warn('A reply could not be sent.', { name: subscription.name, messageId, code: toRepriseError(error).code });
    }
  }

  private async attempt(subscription: WorkSubscription | FactSubscription, queue: string, channel: Channel, message: ConsumeMessage): Promise<void> {
    const delivery = toDelivery(message, subscription.name);
    const outcome = await attemptDelivery(subscription, delivery, this.backoff, this.logger);
    try {
      if (outcome.then === 'again') await this.publisher.toQueue(queue, delivery, { attempt: delivery.attempt + 1, delayMs: outcome.afterMs });
      if (outcome.then === 'dead') {
        await this.publisher.toQueue(this.names.deadQueue(queue), delivery, { attempt: delivery.attempt, headers: buried(outcome.error) });
      }
      channel.ack(message);
    } catch (error) {
      // Not acknowledged, it comes again: from the broker that lost its channel, or because we give it back.
      this.logger.warn('A message could not be settled and comes again.', {
        name: delivery.name,
        messageId: delivery.messageId,
        code: toRepriseError(error).code,
      });
      try {
        channel.nack(message);
      } catch {
        // The channel is gone, and what was in hand on it is back in its queue.
      }
    }
  }

  private async tell(listeners: readonly BroadcastSubscription[], message: ConsumeMessage): Promise<void> {
    const name = message.fields.routingKey;
    for (const listener of listeners) {
      if (listener.name !== name) continue;
      try {
        await listener.handle(toDelivery(message, name));
      } catch (thrown) {
        const failure = toRepriseError(thrown);
        this.logger.warn('A listener failed.', { name, code: failure.code, cause: failure.cause });
      }
    }
  }
}
