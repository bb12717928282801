import type { Message } from 'amqplib';
import type { Logger } from '@reprise/kernel';
import {
  DEFAULT_BACKOFF,
  STOP_GRACE_MS,
  timedOut,
  Transport,
  transportStopped,
  within,
  type Answer,
  type Backoff,
  type DeadLetter,
  type Envelope,
  type Subscription,
} from '@reprise/messaging-core';
import { Connection, type BrokerAddress } from './connection.js';
import { Consumers } from './consumers.js';
import { DeadLetters } from './dead-letters.js';
import { Names } from './names.js';
import { toAnswer } from './properties.js';
import { Publisher } from './publisher.js';

export interface RabbitOptions extends BrokerAddress {
  /** Of all exchanges and queues. */
  prefix: string;
  backoff?: Backoff;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Over RabbitMQ, 3.10 or later. What is declared where is in `topology.ts`. */
export class RabbitTransport extends Transport {
  private readonly names: Names;
  private readonly publisher: Publisher;
  private readonly pending = new Map<string, Pending>();
  private readonly started = Promise.withResolvers<void>();
  private connection: Connection | undefined;
  private consumers: Consumers | undefined;
  private deadLetters: DeadLetters | undefined;
  private stopping: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly options: RabbitOptions,
    private readonly logger: Logger,
  ) {
    super();
    this.names = new Names(options.prefix);
    this.publisher = new Publisher(this.names, (message) => this.settle(message));
  }

  async start(subscriptions: readonly Subscription[]): Promise<void> {
    const { names, publisher, logger } = this;
    this.connection = new Connection(this.options, logger);
    await publisher.open(this.connection);
    this.deadLetters = new DeadLetters(this.connection, names, publisher);
    const consumers = new Consumers(subscriptions, names, publisher, this.options.backoff ?? DEFAULT_BACKOFF, logger);
    await consumers.open(this.connection);
    this.consumers = consumers;
    this.started.resolve();
  }

  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    return (this.stopping ??= this.shutDown(graceMs));
  }

  async request(envelope: Envelope, deadlineMs: number): Promise<Answer> {
    const deadline = performance.now() + deadlineMs;
    const answer = Promise.withResolvers<Answer>();
    let expired = false;
    const ask = async () => {
      await this.ready();
      if (expired) return;
      this.pending.set(envelope.messageId, answer);
      await this.publisher.request(envelope, deadline - performance.now());
    };
    ask().catch((error: unknown) => answer.reject(error));
    try {
      return await within(deadlineMs, answer.promise, () => {
        expired = true;
        throw timedOut(envelope.name);
      });
    } finally {
      this.pending.delete(envelope.messageId);
    }
  }

  async enqueue(envelope: Envelope, delayMs: number): Promise<void> {
    await this.ready();
    if (delayMs > 0) await this.publisher.toQueue(this.names.queueKnownAs(envelope.name), envelope, { attempt: 1, delayMs });
    else await this.publisher.work(envelope);
  }

  async publish(envelope: Envelope): Promise<void> {
    await this.ready();
    await this.publisher.fact(envelope);
  }

  async broadcast(envelope: Envelope): Promise<void> {
    await this.ready();
    await this.publisher.broadcast(envelope);
  }

  async listDead(queue: string): Promise<DeadLetter[]> {
    await this.ready();
    return this.deadLetters!.list(queue);
  }

  async requeueDead(queue: string, messageId: string): Promise<boolean> {
    await this.ready();
    return this.deadLetters!.requeue(queue, messageId);
  }

  private async ready(): Promise<void> {
    await this.started.promise;
    if (this.stopped) throw transportStopped();
  }

  private settle(message: Message): void {
    this.pending.get(String(message.properties.correlationId))?.resolve(toAnswer(message));
  }

  private async shutDown(graceMs: number): Promise<void> {
    await within(graceMs, this.finishInHand(), () => undefined);
    this.stopped = true;
    this.started.resolve();
    for (const pending of this.pending.values()) pending.reject(transportStopped());
    // Whatever is not acknowledged by now is given to others.
    await this.connection?.close();
  }

  /** Works in hand may ask and report until they end; so requests are answered until nothing is in hand. */
  private async finishInHand(): Promise<void> {
    await this.consumers?.stop('other');
    await this.consumers?.idle('other');
    await this.consumers?.stop('request');
    await this.consumers?.idle('request');
    while (this.pending.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
