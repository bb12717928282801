import type { Clock, Logger } from '@reprise/kernel';
import {
  attemptDelivery,
  concurrencyOf,
  type Backoff,
  type DeadLetter,
  type Delivery,
  type Envelope,
  type FactSubscription,
  type FailedAttempt,
  type WorkSubscription,
} from '@reprise/messaging-core';

/**
 * The queue of a work or of a fact's group in memory: competing runs, attempts with back-off, dead letters. It is not durable by itself:
 * whoever enqueues keeps the truth in a store and fills the queue again at start.
 */
export class MemoryQueue {
  private readonly waiting: Delivery[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private readonly dead = new Map<string, { envelope: Envelope; letter: DeadLetter }>();
  private stopped = false;

  constructor(
    private readonly subscription: WorkSubscription | FactSubscription,
    private readonly backoff: Backoff,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  add(envelope: Envelope, delayMs: number, attempt = 1, failures: readonly FailedAttempt[] = []): void {
    if (this.stopped) return;
    const delivery = { ...envelope, attempt, failures };
    if (delayMs <= 0) {
      this.waiting.push(delivery);
      setImmediate(() => this.pump());
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.waiting.push(delivery);
      this.pump();
    }, delayMs);
    this.timers.add(timer);
  }

  listDead(): DeadLetter[] {
    return [...this.dead.values()].map(({ letter }) => letter);
  }

  requeueDead(messageId: string): boolean {
    const found = this.dead.get(messageId);
    if (!found) return false;
    this.dead.delete(messageId);
    this.add(found.envelope, 0);
    return true;
  }

  /** Takes nothing more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private pump(): void {
    while (!this.stopped && this.running.size < concurrencyOf(this.subscription)) {
      const delivery = this.waiting.shift();
      if (!delivery) return;
      const run = this.run(delivery).finally(() => {
        this.running.delete(run);
        this.pump();
      });
      this.running.add(run);
    }
  }

  private async run(delivery: Delivery): Promise<void> {
    const outcome = await attemptDelivery(this.subscription, delivery, this.backoff, this.logger);
    if (outcome.then === 'done') return;
    const { attempt, ...envelope } = delivery;
    const { failures } = outcome;
    if (outcome.then === 'again') return this.add(envelope, outcome.afterMs, attempt + 1, failures);
    const { messageId, name } = envelope;
    const letter = { messageId, name, attempts: attempt, error: outcome.error, failures, at: this.clock.now().toISOString() };
    this.dead.set(messageId, { envelope, letter });
  }
}
