import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import { ConfirmedPublisher, type Connection } from '@reprise/amqp';
import { unroutable, type Envelope } from '@reprise/messaging-core';
import { roundUpDelay, type Names } from './names.js';
import { toProperties, type Reply } from './properties.js';
import { timeToLive } from './request-time.js';
import { declareDelay, declareExchanges } from './topology.js';

const REPLIES = 'amq.rabbitmq.reply-to';

/**
 * RabbitMQ 3.10 says that a quorum queue is there while another connection is still making it, and what comes before it has learnt its delay stays in it
 * for ever: so nothing is sent there at once.
 */
const SETTLED_MS = 1_000;

type Declaration = (channel: ConfirmChannel) => Promise<void>;

/** Sends envelopes. Errors of all: `messaging.unreachable`, `messaging.blocked`; of requests also `messaging.interrupted`. */
export class Publisher {
  private readonly confirmed: ConfirmedPublisher;
  private readonly delays = new Map<number, { declare: Declaration; done: Promise<void> }>();

  constructor(
    private readonly names: Names,
    private readonly onReply: (message: Message) => void,
    /** The way back of all replies is gone. */
    private readonly onLost: () => void,
    takenWithinMs?: number,
  ) {
    this.confirmed = new ConfirmedPublisher(takenWithinMs);
  }

  get counts(): ConfirmedPublisher['counts'] {
    return this.confirmed.counts;
  }

  async open(connection: Connection): Promise<void> {
    await this.confirmed.open(connection, async (channel) => {
      channel.on('close', this.onLost);
      await declareExchanges(channel, this.names);
      await channel.consume(REPLIES, (message) => message && this.onReply(message), { noAck: true });
    });
  }

  /** Waits for a lost connection, a few seconds at most. */
  async connected(withinMs: number): Promise<void> {
    await this.confirmed.connected(withinMs);
  }

  /** Rejects with `messaging.unroutable` when nobody listens. The broker drops it if nobody took it in time. */
  async request(envelope: Envelope, withinMs: number): Promise<void> {
    const properties = { ...toProperties(envelope), replyTo: REPLIES, expiration: timeToLive(withinMs), mandatory: true };
    const { routed } = await this.confirmed.once(this.names.exchange('request'), envelope.name, envelope.body, properties, withinMs);
    if (!routed) throw unroutable(envelope.name);
  }

  /** To the requester that `replyTo` names; it may be gone. */
  async reply(replyTo: string, correlationId: string, { content, properties }: Reply): Promise<void> {
    await this.confirmed.publish('', replyTo, content, { ...properties, correlationId });
  }

  async work(envelope: Envelope): Promise<void> {
    await this.routed(this.names.exchange('work'), envelope.name, envelope, { ...toProperties(envelope), persistent: true });
  }

  async fact(envelope: Envelope): Promise<void> {
    await this.confirmed.publish(this.names.exchange('fact'), envelope.name, envelope.body, { ...toProperties(envelope), persistent: true });
  }

  async broadcast(envelope: Envelope): Promise<void> {
    await this.confirmed.publish(this.names.exchange('broadcast'), envelope.name, envelope.body, toProperties(envelope));
  }

  /** Straight into a queue, at once or later. Rejects with `messaging.unroutable` when the queue is gone. */
  async toQueue(queue: string, envelope: Envelope, options: { attempt: number; delayMs?: number; headers?: Record<string, unknown> }): Promise<void> {
    const properties = toProperties(envelope, options.attempt);
    const all = { ...properties, headers: { ...(properties.headers as object), ...options.headers }, persistent: true };
    const { delayMs = 0 } = options;
    if (delayMs > 0) await this.later(roundUpDelay(delayMs), queue, envelope, all);
    else await this.routed('', queue, envelope, all);
  }

  private async routed(exchange: string, key: string, envelope: Envelope, properties: Options.Publish): Promise<void> {
    const { routed } = await this.confirmed.publish(exchange, key, envelope.body, { ...properties, mandatory: true });
    if (!routed) throw unroutable(envelope.name);
  }

  /** The queue of a delay is declared at its first use, and again with the channel. */
  private async later(ms: number, queue: string, envelope: Envelope, properties: Options.Publish): Promise<void> {
    let delay = this.delays.get(ms);
    if (!delay) {
      const declare = (channel: ConfirmChannel) => declareDelay(channel, this.names, ms);
      delay = { declare, done: this.confirmed.declare(declare).then(() => sleep(SETTLED_MS)) };
      this.delays.set(ms, delay);
    }
    try {
      await delay.done;
      await this.routed(this.names.delay(ms), queue, envelope, properties);
    } catch (error) {
      // Whatever is wrong with the queue, it is declared anew at the next try.
      if (this.delays.get(ms) === delay) {
        this.delays.delete(ms);
        await this.confirmed.undeclare(delay.declare);
      }
      throw error;
    }
  }
}
