import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { buried, deadQueueOf, DeliveryAge, interrupted, late, whileOpen, type Connection } from '@reprise/amqp';
import { toRepriseError, type Logger, type RepriseError } from '@reprise/kernel';
import {
  attemptDelivery,
  concurrencyOf,
  type Backoff,
  type BroadcastSubscription,
  type Delivery,
  type FactSubscription,
  type Outcome,
  type RequestSubscription,
  type Subscription,
  type WorkSubscription,
} from '@reprise/messaging-core';
import type { Names } from './names.js';
import { failuresHeader, toDelivery, toReply } from './properties.js';
import type { Publisher } from './publisher.js';
import { isPerhapsLate } from './request-time.js';
import { declareBroadcastQueue, declareExchanges, declareQueue, declareRequestQueue } from './topology.js';

/** Requests that a process takes at once. One that is frozen keeps no more of them from others. */
const MOST_REQUESTS = 100;
/** How long a message whose end the broker didn't take is held before it is tried to be told again. */
const SETTLED_AGAIN_MS = 1_000;

/** Requests are taken until all else is done, since what is in hand may ask. */
type Kind = 'request' | 'other';

/** What this process listens to, on one channel; knows what is in hand. */
export class Consumers {
  private readonly inHand: Record<Kind, Set<Promise<void>>> = { request: new Set(), other: new Set() };
  private readonly stopped = new Set<Kind>();
  private tags: { kind: Kind; tag: string }[] = [];
  private channel!: Channel;
  private connection!: Connection;
  /** The channel on which all is consumed; undefined while anything is missing. */
  private complete: Channel | undefined;
  private readonly lost = new WeakSet<Channel>();
  readonly counts = { handled: 0, retried: 0, dead: 0, late: 0 };

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

  /** Whether everything that was subscribed to is consumed. */
  get consuming(): boolean {
    return this.complete !== undefined;
  }

  /** Takes nothing more of that kind. */
  async stop(kind: Kind): Promise<void> {
    this.stopped.add(kind);
    this.complete = undefined;
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
    this.complete = undefined;
    this.tags = [];
    channel.on('close', () => {
      this.lost.add(channel);
      this.isIncomplete(channel);
    });
    await declareExchanges(channel, this.names);
    const age = new DeliveryAge(channel);
    const listeners: BroadcastSubscription[] = [];
    for (const subscription of this.subscriptions) {
      if (subscription.channel === 'request') {
        const queue = await declareRequestQueue(channel, this.names, subscription);
        await age.prefetch(MOST_REQUESTS);
        await this.consume('request', queue, (message) => this.answer(subscription, channel, message, age.mostMs));
      } else if (subscription.channel === 'broadcast') {
        listeners.push(subscription);
      } else {
        const queue = await declareQueue(channel, this.names, subscription);
        await age.prefetch(concurrencyOf(subscription));
        await this.consume('other', queue, (message) => this.attempt(subscription, queue, channel, message));
      }
    }
    if (listeners.length > 0) {
      await this.consume('other', await declareBroadcastQueue(channel, this.names, listeners), (message) => this.tell(listeners, message), true);
    }
    if (this.stopped.size === 0) this.complete = channel;
  }

  private isIncomplete(channel: Channel): void {
    if (this.complete === channel) this.complete = undefined;
  }

  private async consume(kind: Kind, queue: string, handle: (message: ConsumeMessage) => Promise<void>, noAck = false): Promise<void> {
    if (this.stopped.has(kind)) return;
    const { channel } = this;
    const onMessage = (message: ConsumeMessage | null) => {
      if (!message) {
        // The broker cancelled the consumer: its queue was deleted, or moved.
        this.isIncomplete(channel);
        return this.connection.renew();
      }
      const run = handle(message).finally(() => this.inHand[kind].delete(run));
      this.inHand[kind].add(run);
    };
    const { consumerTag: tag } = await channel.consume(queue, onMessage, { noAck });
    this.tags.push({ kind, tag });
  }

  /**
   * A request is never run a second time. One that comes back had a process that is gone, which may have run it: whoever asked is told so, and needn't
   * wait for the end of his patience. Nor is one run that may have lain here until nobody waits for it.
   */
  private async answer(subscription: RequestSubscription, channel: Channel, message: ConsumeMessage, ageMs: number): Promise<void> {
    const { replyTo, messageId } = message.properties as { replyTo?: string; messageId: string };
    const refusal = this.refusal(message, ageMs);
    const answer = refusal
      ? { error: refusal.toBody() }
      : await subscription.handle(toDelivery(message, subscription.name)).catch((error: unknown) => ({ error: toRepriseError(error).toBody() }));
    try {
      if (replyTo) await this.publisher.reply(replyTo, messageId, toReply(answer));
    } catch (error) {
      this.logger.warn('A reply could not be sent.', { name: subscription.name, messageId, code: toRepriseError(error).code });
    }
    if (!this.lost.has(channel)) whileOpen(() => channel.ack(message));
  }

  private refusal(message: ConsumeMessage, ageMs: number): RepriseError | undefined {
    if (message.fields.redelivered) return interrupted();
    if (!isPerhapsLate(message, ageMs)) return undefined;
    this.counts.late++;
    return late();
  }

  private async attempt(subscription: WorkSubscription | FactSubscription, queue: string, channel: Channel, message: ConsumeMessage): Promise<void> {
    const delivery = toDelivery(message, subscription.name);
    const outcome = await attemptDelivery(subscription, delivery, this.backoff, this.logger);
    this.counts[outcome.then === 'done' ? 'handled' : outcome.then === 'again' ? 'retried' : 'dead']++;
    // Held rather than given back, which would have it run at once and without end. On a lost channel the broker gives it to others.
    while (!this.lost.has(channel) && !(await this.settle(outcome, queue, delivery))) await sleep(SETTLED_AGAIN_MS, undefined, { ref: false });
    if (!this.lost.has(channel)) whileOpen(() => channel.ack(message));
  }

  /** False when the broker didn't take what follows from the attempt. */
  private async settle(outcome: Outcome, queue: string, delivery: Delivery): Promise<boolean> {
    const { name, attempt, messageId } = delivery;
    try {
      if (outcome.then === 'again')
        await this.publisher.toQueue(queue, delivery, { attempt: attempt + 1, delayMs: outcome.afterMs, headers: failuresHeader(outcome.failures) });
      if (outcome.then === 'dead')
        await this.publisher.toQueue(deadQueueOf(queue), delivery, { attempt, headers: { ...buried(outcome.error), ...failuresHeader(outcome.failures) } });
      return true;
    } catch (error) {
      this.logger.warn('What is to become of a message could not be told to the broker, and is told again.', {
        name,
        messageId,
        code: toRepriseError(error).code,
      });
      return false;
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
