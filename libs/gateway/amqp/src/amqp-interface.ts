import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { ConfirmedPublisher, Connection, declareReturningQueue, DeliveryAge, DURABLE, LEAST_AGE_MS, whileOpen } from '@reprise/amqp';
import { ERROR_TYPE, factsOf, findClient, replyType, requestsOf, type PublicRequestKey } from '@reprise/contracts';
import { leavesOutcomeUnknown, newId, RepriseError, toRepriseError, type ErrorBody, type Logger } from '@reprise/kernel';
import { encodeBody, Patience, PatientBus, within, type FactSubscription, type MessageBus, type TransportHealth } from '@reprise/messaging-core';
import type { BrokerClients } from './broker-clients.js';
import { DownloadLinks } from './download-links.js';
import { factSubscriptions } from './facts.js';
import { bodyOf, callerOf, keyOf, type Caller } from './read-request.js';
import { commandKey, Requests, type Asked } from './requests.js';

export interface AmqpInterfaceOptions {
  /** `amqp://user:password@host:port/vhost`, several for a cluster. */
  urls: string[];
  /** As operators see the connections. */
  name: string;
  /** The way to the services. */
  bus: MessageBus;
  clients: BrokerClients;
  /** Address under which callers reach the gateway over HTTP: links to archives begin with it. */
  baseUrl: string;
  logger: Logger;
  /** All our exchanges and queues begin with its name, those among the services too; no answer goes there. */
  installation: string;
  /** How long a request without a time to live is tried while a service is away; 30 s if absent. */
  patienceMs?: number;
}

/** Requests that a process works on at once. */
const CONCURRENCY = 16;
const PATIENCE_MS = 30_000;
const STOP_GRACE_MS = 5_000;
const ANSWERED_AGAIN_MS = 1_000;

/** What is answered. */
interface Outcome {
  type: string;
  body: unknown;
  error?: ErrorBody;
}

/**
 * Requests of other services in, answers and facts out. It knows no transport: whoever wires it gives the {@link subscriptions} to the transport that
 * carries the bus, before that starts. Any number may run at once.
 */
export class AmqpInterface {
  /** What it has to hear of the services to tell others. Facts wait for {@link start}. */
  readonly subscriptions: readonly FactSubscription[];
  private readonly publisher = new ConfirmedPublisher();
  private readonly requests: Requests;
  private readonly names: { requests: string; facts: string };
  private readonly opened = Promise.withResolvers<void>();
  private readonly inHand = new Set<Promise<void>>();
  private readonly lost = new WeakSet<Channel>();
  private readonly counts = { requests: 0, refused: 0, unanswered: 0 };
  private connections: { sending: Connection; listening: Connection } | undefined;
  private consumer: { channel: Channel; tag: string } | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly options: AmqpInterfaceOptions) {
    const links = new DownloadLinks(options.baseUrl);
    this.requests = new Requests(links);
    this.names = { requests: requestsOf(options.installation), facts: factsOf(options.installation) };
    this.subscriptions = factSubscriptions(() => this.opened.promise.then(() => this.publisher), this.names.facts, links);
  }

  /** Resolves when requests are taken; waits for the broker as long as that takes. Error `messaging.setup` when it refuses our exchanges or queues. */
  async start(): Promise<void> {
    const { urls, name, logger } = this.options;
    const sending = new Connection({ urls, name: `${name} (answers)` }, logger);
    const listening = new Connection({ urls, name: `${name} (requests)` }, logger);
    this.connections = { sending, listening };
    await this.publisher.open(sending, (channel) => this.declareExchanges(channel));
    this.opened.resolve();
    await listening.channel({ confirm: false }, (channel) => this.listen(channel));
  }

  /** Takes nothing more, and lets what is in hand finish for so long; the rest is given to others. May be called again, and without a start. */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.stopping.abort();
    const { consumer } = this;
    this.consumer = undefined;
    await consumer?.channel.cancel(consumer.tag).catch(() => undefined);
    await within(graceMs, Promise.all(this.inHand), () => []);
    await Promise.all(Object.values(this.connections ?? {}).map((connection) => connection.close()));
  }

  health(): TransportHealth {
    const [sends, listens] = [this.connections?.sending.health(), this.connections?.listening.health()];
    const connected = sends?.connected === true && listens?.connected === true;
    const consuming = this.consumer !== undefined;
    const blocked = sends?.blocked;
    return {
      ready: connected && consuming && blocked === undefined,
      connected,
      consuming,
      ...(blocked === undefined ? {} : { blocked }),
      counts: { connects: (sends?.connects ?? 0) + (listens?.connects ?? 0), ...this.publisher.counts, ...this.counts },
    };
  }

  private async listen(channel: Channel): Promise<void> {
    this.consumer = undefined;
    const cancelled = () => {
      if (this.consumer?.channel === channel) this.consumer = undefined;
    };
    channel.on('close', () => {
      this.lost.add(channel);
      cancelled();
    });
    const { requests } = this.names;
    await this.declareExchanges(channel);
    await declareReturningQueue(channel, requests, requests);
    // All keys, so that one that doesn't exist is answered too.
    await channel.bindQueue(requests, requests, '#');
    const age = new DeliveryAge(channel);
    await age.prefetch(CONCURRENCY);
    if (this.stopping.signal.aborted) return;
    const { consumerTag } = await channel.consume(requests, (message) => {
      if (!message) {
        cancelled();
        return this.connections?.listening.renew();
      }
      // Its time may have ended here, where the broker doesn't see it: given back, it is counted on from when it was sent.
      if (message.properties.expiration !== undefined && age.mostMs > LEAST_AGE_MS) return whileOpen(() => channel.nack(message));
      const run = this.take(channel, message).finally(() => this.inHand.delete(run));
      this.inHand.add(run);
    });
    this.consumer = { channel, tag: consumerTag };
  }

  /** Acknowledged when it is answered; what nobody can be told of goes to the dead letters, with all that its sender said. */
  private async take(channel: Channel, message: ConsumeMessage): Promise<void> {
    this.counts.requests++;
    const caller = callerOf(message);
    const replyTo = caller.replyTo !== undefined && isForeign(caller.replyTo, this.options.installation) ? caller.replyTo : undefined;
    const outcome = caller.replyTo === replyTo ? await this.outcome(message, caller) : this.refusal(message, caller, replyToRefused());
    // To another gateway, unless that could do it a second time.
    const repeatable = outcome.error?.kind === 'unavailable' && (caller.messageId !== undefined || !leavesOutcomeUnknown(outcome.error));
    if (this.stopping.signal.aborted && repeatable) return whileOpen(() => channel.nack(message));
    while (replyTo !== undefined && !this.lost.has(channel) && !(await this.answer(replyTo, caller, outcome))) {
      await sleep(ANSWERED_AGAIN_MS, undefined, { ref: false });
    }
    // From a lost channel the broker gives it to others: repeats of commands are known by their message ids.
    if (this.lost.has(channel)) return;
    whileOpen(() => (outcome.error && replyTo === undefined ? channel.nack(message, false, false) : channel.ack(message)));
  }

  private async outcome(message: ConsumeMessage, caller: Caller): Promise<Outcome> {
    try {
      return await this.run(message, caller);
    } catch (thrown) {
      return this.refusal(message, caller, toRepriseError(thrown));
    }
  }

  private refusal({ fields: { routingKey: key } }: ConsumeMessage, { messageId, userId: user }: Caller, failure: RepriseError): Outcome {
    this.counts.refused++;
    const log = failure.kind === 'internal' ? 'error' : 'info';
    this.options.logger[log]('A request over AMQP was refused.', { key, messageId, user, code: failure.code, cause: failure.cause });
    const error = failure.toBody();
    return { type: ERROR_TYPE, body: { error }, error };
  }

  private async run(message: ConsumeMessage, caller: Caller): Promise<Outcome> {
    const { userId, messageId, correlationId, timeToLive } = caller;
    if (userId === undefined) {
      throw new RepriseError('unauthenticated', 'auth.no-user', 'Set the property user_id to the user of your connection: the broker vouches for it.');
    }
    // Who asks is made sure of before anything is said about what was asked.
    const clientId = this.options.clients.of(userId);
    const options = {
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(timeToLive === undefined ? {} : { deadlineMs: Math.min(Math.max(timeToLive, 1), PATIENCE_MS) }),
    };
    const patienceMs = timeToLive === undefined ? (this.options.patienceMs ?? PATIENCE_MS) : 0;
    const patience = new Patience(patienceMs, this.stopping.signal);
    const bus = new PatientBus(this.options.bus, () => patience);
    const { principal } = await bus.request(findClient, { clientId }, options);
    const key = keyOf(message);
    const body = bodyOf(key, message.content);
    const command = messageId === undefined ? {} : { key: commandKey(principal, key, messageId) };
    const handle = this.requests.by[key] as (asked: Asked<PublicRequestKey>) => Promise<unknown>;
    return { type: replyType(key), body: await handle({ body: body as Asked<PublicRequestKey>['body'], principal, bus, options, ...command }) };
  }

  /** False when the broker didn't take it. The caller may be gone: then there is nobody to be told. */
  private async answer(replyTo: string, { correlationId, messageId }: Caller, { type, body }: Outcome): Promise<boolean> {
    try {
      const { routed } = await this.publisher.publish('', replyTo, encodeBody(body), {
        contentType: 'application/json',
        type,
        correlationId: correlationId ?? messageId,
        messageId: newId(),
        appId: 'reprise',
        persistent: true,
        mandatory: true,
      });
      if (!routed) this.counts.unanswered++;
      return true;
    } catch (error) {
      this.options.logger.warn('An answer over AMQP could not be sent, and is sent again.', { messageId, code: toRepriseError(error).code });
      return false;
    }
  }

  private async declareExchanges(channel: Channel): Promise<void> {
    for (const name of [this.names.requests, this.names.facts]) await channel.assertExchange(name, 'topic', DURABLE);
  }
}

/** Answers are sent with our rights: a caller must not reach with them what he may not reach himself. */
function isForeign(replyTo: string, installation: string): boolean {
  return !replyTo.startsWith(`${installation}.`);
}

function replyToRefused(): RepriseError {
  return new RepriseError('forbidden', 'amqp.reply-to-refused', 'Answers do not go to queues of Reprise.');
}
