import type { ChannelWrapper } from 'amqp-connection-manager';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import { unroutable, type Envelope } from '@reprise/messaging-core';
import { type Connection, unreachable } from './connection.js';
import { roundUpDelay, type Names } from './names.js';
import { toBuffer, toProperties } from './properties.js';
import { declareDelay, declareExchanges } from './topology.js';

/** How long the broker has to take a message, over a lost connection too. */
const TAKEN_WITHIN_MS = 10_000;
const REPLIES = 'amq.rabbitmq.reply-to';

/** Sends, and resolves when the broker has the message: on disk where that was asked. */
export class Publisher {
  private wrapper!: ChannelWrapper;
  /** Ids of mandatory messages that came back; the broker says so before it confirms. */
  private readonly returned = new Set<string>();
  private readonly delays = new Map<number, Promise<void>>();

  constructor(
    private readonly names: Names,
    private readonly onReply: (message: Message) => void,
  ) {}

  async open(connection: Connection): Promise<void> {
    this.wrapper = await connection.channel({ confirm: true }, (channel) => this.setUp(channel));
  }

  /** Rejects with `messaging.unroutable` when nobody listens. The broker drops it if nobody took it in time. */
  async request(envelope: Envelope, withinMs: number): Promise<void> {
    const properties = { ...toProperties(envelope), replyTo: REPLIES, expiration: Math.ceil(withinMs), mandatory: true };
    await this.once(this.names.exchange('request'), envelope.name, envelope.body, properties, withinMs);
    this.assertRouted(envelope);
  }

  /** To the requester that `replyTo` names; it may be gone. */
  async reply(replyTo: string, correlationId: string, reply: { content: Buffer; type: string }): Promise<void> {
    await this.publish('', replyTo, reply.content, { correlationId, type: reply.type, contentType: 'application/json' });
  }

  async work(envelope: Envelope): Promise<void> {
    const properties = { ...toProperties(envelope), persistent: true, mandatory: true };
    await this.publish(this.names.exchange('work'), envelope.name, envelope.body, properties);
    this.assertRouted(envelope);
  }

  async fact(envelope: Envelope): Promise<void> {
    await this.publish(this.names.exchange('fact'), envelope.name, envelope.body, { ...toProperties(envelope), persistent: true });
  }

  async broadcast(envelope: Envelope): Promise<void> {
    await this.publish(this.names.exchange('broadcast'), envelope.name, envelope.body, toProperties(envelope));
  }

  /** Straight into a queue, at once or later. */
  async toQueue(queue: string, envelope: Envelope, options: { attempt: number; delayMs?: number; headers?: Record<string, unknown> }): Promise<void> {
    const properties = toProperties(envelope, options.attempt);
    const all = { ...properties, headers: { ...(properties.headers as object), ...options.headers }, persistent: true };
    const { delayMs = 0 } = options;
    if (delayMs > 0) await this.publish(await this.delay(roundUpDelay(delayMs)), queue, envelope.body, all);
    else await this.publish('', queue, envelope.body, all);
  }

  private async setUp(channel: ConfirmChannel): Promise<void> {
    this.returned.clear();
    channel.on('return', ({ properties }) => this.returned.add(String(properties.messageId)));
    await declareExchanges(channel, this.names);
    await channel.consume(REPLIES, (message) => message && this.onReply(message), { noAck: true });
  }

  /** What may arrive twice is sent again when the connection is lost before the broker confirmed it. */
  private async publish(exchange: string, key: string, body: Uint8Array, properties: Options.Publish): Promise<void> {
    const deadline = performance.now() + TAKEN_WITHIN_MS;
    for (;;) {
      const left = Math.ceil(deadline - performance.now());
      try {
        return await this.once(exchange, key, body, properties, Math.max(left, 1));
      } catch (error) {
        if (left <= 0 || !isLostChannel(error)) throw error;
      }
    }
  }

  private async once(exchange: string, key: string, body: Uint8Array, properties: Options.Publish, withinMs: number): Promise<void> {
    try {
      await this.wrapper.publish(exchange, key, toBuffer(body), { ...properties, timeout: withinMs });
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  private assertRouted({ messageId, name }: Envelope): void {
    if (this.returned.delete(messageId)) throw unroutable(name);
  }

  /** Declared at its first use, and again with the channel. */
  private async delay(ms: number): Promise<string> {
    let declared = this.delays.get(ms);
    if (!declared) {
      declared = this.wrapper.addSetup((channel: ConfirmChannel) => declareDelay(channel, this.names, ms));
      this.delays.set(ms, declared);
    }
    try {
      await declared;
    } catch (cause) {
      this.delays.delete(ms);
      throw unreachable(cause);
    }
    return this.names.delay(ms);
  }
}

/** amqplib's word for a message that waited for its confirmation when its channel went. */
function isLostChannel(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'channel closed';
}
