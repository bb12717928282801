import { Connection, type BrokerAddress } from '@reprise/amqp';
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
  type TransportHealth,
} from '@reprise/messaging-core';
import { Consumers } from './consumers.js';
import { DeadLetters } from './dead-letters.js';
import { Names } from './names.js';
import { PendingRequests } from './pending-requests.js';
import { Publisher } from './publisher.js';
import { isAnswered } from './topology.js';

export interface RabbitOptions extends BrokerAddress {
  /** Of all exchanges and queues. */
  prefix: string;
  backoff?: Backoff;
  /** How long the broker has to take a message, over a lost connection and an alarm too; 10 s if absent. */
  takenWithinMs?: number;
}

/** Over RabbitMQ, 3.10 or later. What is declared where is in `topology.ts`. */
export class RabbitTransport extends Transport {
  private readonly names: Names;
  private readonly publisher: Publisher;
  private readonly pending: PendingRequests;
  private readonly started = Promise.withResolvers<void>();
  /** One to send and one to listen, since a broker that takes nothing for now reads nothing from a connection that has sent: no acknowledgements either. */
  private connections: { sending: Connection; listening: Connection } | undefined;
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
    this.pending = new PendingRequests((name) => this.connections!.listening.brief((channel) => isAnswered(channel, this.names, name)));
    const { pending } = this;
    this.publisher = new Publisher(
      this.names,
      (message) => pending.settle(message),
      () => pending.lose(),
      options.takenWithinMs,
    );
  }

  async start(subscriptions: readonly Subscription[]): Promise<void> {
    const { names, publisher, logger } = this;
    const { urls, name } = this.options;
    const sending = new Connection({ urls, name: `${name} (sends)` }, logger);
    const listening = new Connection({ urls, name: `${name} (listens)` }, logger);
    this.connections = { sending, listening };
    await publisher.open(sending);
    this.deadLetters = new DeadLetters(listening, names, publisher);
    const consumers = new Consumers(subscriptions, names, publisher, this.options.backoff ?? DEFAULT_BACKOFF, logger);
    this.consumers = consumers;
    await consumers.open(listening);
    this.started.resolve();
  }

  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    return (this.stopping ??= this.shutDown(graceMs));
  }

  async request(envelope: Envelope, deadlineMs: number): Promise<Answer> {
    const deadline = performance.now() + deadlineMs;
    let expired = false;
    const ask = async (): Promise<Answer> => {
      await this.ready();
      await this.publisher.connected(deadline - performance.now());
      if (expired) throw timedOut(envelope.name);
      const answer = this.pending.add(envelope.messageId, envelope.name);
      await Promise.race([answer, this.publisher.request(envelope, deadline - performance.now())]);
      return answer;
    };
    try {
      return await within(deadlineMs, ask(), () => {
        expired = true;
        throw timedOut(envelope.name);
      });
    } finally {
      this.pending.remove(envelope.messageId);
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

  health(): TransportHealth {
    const { sending, listening } = this.connections ?? {};
    const [sends, listens] = [sending?.health(), listening?.health()];
    const connected = sends?.connected === true && listens?.connected === true;
    const consuming = this.consumers?.consuming === true;
    const blocked = sends?.blocked;
    return {
      ready: connected && consuming && blocked === undefined,
      connected,
      consuming,
      ...(blocked === undefined ? {} : { blocked }),
      counts: { connects: (sends?.connects ?? 0) + (listens?.connects ?? 0), ...this.publisher.counts, ...this.consumers?.counts },
    };
  }

  private async ready(): Promise<void> {
    await this.started.promise;
    if (this.stopped) throw transportStopped();
  }

  private async shutDown(graceMs: number): Promise<void> {
    await within(graceMs, this.finishInHand(), () => undefined);
    this.stopped = true;
    this.started.resolve();
    this.pending.lose(transportStopped());
    // Whatever is not acknowledged by now is given to others.
    await Promise.all(Object.values(this.connections ?? {}).map((connection) => connection.close()));
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
