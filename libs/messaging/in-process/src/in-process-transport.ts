import { toRepriseError, type Clock, type Logger } from '@reprise/kernel';
import {
  DEFAULT_BACKOFF,
  queueOf,
  STOP_GRACE_MS,
  timedOut,
  Transport,
  transportStopped,
  unroutable,
  within,
  type Answer,
  type Backoff,
  type BroadcastSubscription,
  type DeadLetter,
  type Envelope,
  type RequestSubscription,
  type Subscription,
  type TransportHealth,
} from '@reprise/messaging-core';
import { MemoryQueue } from './memory-queue.js';

/** All services in one process. Envelopes carry bytes, so nothing is shared between them. */
export class InProcessTransport extends Transport {
  private readonly requests = new Map<string, RequestSubscription>();
  private readonly queues = new Map<string, MemoryQueue>();
  private readonly groups = new Map<string, MemoryQueue[]>();
  private readonly listeners: BroadcastSubscription[] = [];
  private readonly inHand = new Set<Promise<unknown>>();
  private readonly started = Promise.withResolvers<void>();
  private running = false;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly backoff: Backoff = DEFAULT_BACKOFF,
  ) {
    super();
  }

  async start(subscriptions: readonly Subscription[]): Promise<void> {
    for (const subscription of subscriptions) {
      if (subscription.channel === 'request') this.requests.set(subscription.name, subscription);
      else if (subscription.channel === 'broadcast') this.listeners.push(subscription);
      else {
        const queue = new MemoryQueue(subscription, this.backoff, this.clock, this.logger);
        this.queues.set(queueOf(subscription), queue);
        if (subscription.channel === 'fact') this.groups.set(subscription.name, [...(this.groups.get(subscription.name) ?? []), queue]);
      }
    }
    this.running = true;
    this.started.resolve();
  }

  health(): TransportHealth {
    const ready = this.running && !this.stopped;
    return { ready, connected: ready, consuming: ready, counts: {} };
  }

  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    await within(graceMs, this.finishInHand(), () => undefined);
    this.stopped = true;
    this.started.resolve();
  }

  async request(envelope: Envelope, deadlineMs: number): Promise<Answer> {
    const deadline = performance.now() + deadlineMs;
    // By the clock, not by the timer: after a process stood still, what waited may have its turn before the timer has.
    const isExpired = () => performance.now() >= deadline;
    return within(deadlineMs, this.answer(envelope, isExpired), () => {
      throw timedOut(envelope.name);
    });
  }

  async enqueue(envelope: Envelope, delayMs: number): Promise<void> {
    await this.turn();
    const queue = this.queues.get(envelope.name);
    if (!queue) throw unroutable(envelope.name);
    queue.add(envelope, delayMs);
  }

  async publish(envelope: Envelope): Promise<void> {
    await this.turn();
    for (const queue of this.groups.get(envelope.name) ?? []) queue.add(envelope, 0);
  }

  async broadcast(envelope: Envelope): Promise<void> {
    await this.turn();
    for (const listener of this.listeners) if (listener.name === envelope.name) void this.hold(this.tell(listener, envelope));
  }

  async listDead(queue: string): Promise<DeadLetter[]> {
    return this.queues.get(queue)?.listDead() ?? [];
  }

  async requeueDead(queue: string, messageId: string): Promise<boolean> {
    return this.queues.get(queue)?.requeueDead(messageId) ?? false;
  }

  private async answer(envelope: Envelope, isExpired: () => boolean): Promise<Answer> {
    await this.turn();
    const subscription = this.requests.get(envelope.name);
    if (!subscription) throw unroutable(envelope.name);
    if (isExpired()) throw timedOut(envelope.name);
    return this.hold(subscription.handle({ ...envelope, attempt: 1 }).catch((error: unknown) => ({ error: toRepriseError(error).toBody() })));
  }

  private async tell(listener: BroadcastSubscription, envelope: Envelope): Promise<void> {
    try {
      await listener.handle({ ...envelope, attempt: 1 });
    } catch (thrown) {
      const failure = toRepriseError(thrown);
      this.logger.warn('A listener failed.', { name: envelope.name, code: failure.code, cause: failure.cause });
    }
  }

  /** Works in hand may ask and report until they end, so requests are answered until nothing is in hand. */
  private async finishInHand(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.stop()));
    while (this.inHand.size > 0) await Promise.all(this.inHand);
  }

  /** Waits for the start, and lets the sender's own turn end first. */
  private async turn(): Promise<void> {
    await this.started.promise;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.stopped) throw transportStopped();
  }

  private hold<T>(promise: Promise<T>): Promise<T> {
    this.inHand.add(promise);
    void promise.finally(() => this.inHand.delete(promise));
    return promise;
  }
}
