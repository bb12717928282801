import { afterEffect, newId, toRepriseError, type Clock, type Logger } from '@reprise/kernel';
import type { ClaimStore } from './claims.js';
import { Transport, type Answer, type DeadLetter, type Delivery, type Envelope, type Subscription, type TransportHealth } from './transport.js';

/** Bytes of a body that travel by message. */
export const MOST_BYTES = 256 * 1024;

const DAY = 86_400_000;
/** Works and facts may come long after they were sent, for the last time when an operator puts them back. */
const KEPT_MS = 14 * DAY;
const SWEPT_EVERY_MS = DAY / 4;
const NOTHING = new Uint8Array();

/**
 * A transport of small messages, over another one: a body that is larger than 256 KiB lies in the store, and its key travels. Of requests and their
 * replies it is removed with the answer; of works and facts, which may have several readers, it is swept two weeks later.
 */
export class ClaimCheckTransport extends Transport {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly inner: Transport,
    private readonly claims: ClaimStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly mostBytes = MOST_BYTES,
  ) {
    super();
  }

  async start(subscriptions: readonly Subscription[]): Promise<void> {
    this.timer = setInterval(() => void this.sweep(), SWEPT_EVERY_MS).unref();
    await this.inner.start(subscriptions.map((subscription) => this.claiming(subscription)));
  }

  async stop(graceMs?: number): Promise<void> {
    clearInterval(this.timer);
    await this.inner.stop(graceMs);
  }

  health(): TransportHealth {
    return this.inner.health();
  }

  async request(envelope: Envelope, deadlineMs: number): Promise<Answer> {
    const sent = await this.checkedIn(envelope);
    try {
      const answer = await this.inner.request(sent, deadlineMs);
      if ('error' in answer || answer.claim === undefined) return answer;
      const body = await this.claims.get(answer.claim);
      this.forget(answer.claim);
      return { body };
    } finally {
      // Nobody reads it any more: a request runs once, and never after its deadline.
      if (sent.claim !== undefined) this.forget(sent.claim);
    }
  }

  async enqueue(envelope: Envelope, delayMs: number): Promise<void> {
    await this.inner.enqueue(await this.checkedIn(envelope), delayMs);
  }

  async publish(envelope: Envelope): Promise<void> {
    await this.inner.publish(await this.checkedIn(envelope));
  }

  async broadcast(envelope: Envelope): Promise<void> {
    await this.inner.broadcast(await this.checkedIn(envelope));
  }

  listDead(queue: string): Promise<DeadLetter[]> {
    return this.inner.listDead(queue);
  }

  requeueDead(queue: string, messageId: string): Promise<boolean> {
    return this.inner.requeueDead(queue, messageId);
  }

  private claiming(subscription: Subscription): Subscription {
    if (subscription.channel === 'request') {
      return {
        ...subscription,
        handle: async (delivery) => {
          try {
            const answer = await subscription.handle(await this.checkedOut(delivery));
            return await afterEffect(() => this.reply(answer));
          } catch (error) {
            return { error: toRepriseError(error).toBody() };
          }
        },
      };
    }
    const handle = async (delivery: Delivery) => subscription.handle(await this.checkedOut(delivery));
    if (subscription.channel !== 'work') return { ...subscription, handle };
    if (!subscription.dead) return { ...subscription, handle };
    return { ...subscription, handle, dead: async (delivery, error) => subscription.dead?.(await this.checkedOut(delivery), error) };
  }

  private async checkedIn(envelope: Envelope): Promise<Envelope> {
    if (envelope.body.byteLength <= this.mostBytes) return envelope;
    return { ...envelope, body: NOTHING, claim: await this.put(envelope.body) };
  }

  private async checkedOut(delivery: Delivery): Promise<Delivery> {
    const { claim, ...rest } = delivery;
    return claim === undefined ? delivery : { ...rest, body: await this.claims.get(claim) };
  }

  private async reply(answer: Answer): Promise<Answer> {
    if ('error' in answer || answer.body.byteLength <= this.mostBytes) return answer;
    return { body: NOTHING, claim: await this.put(answer.body) };
  }

  private async put(body: Uint8Array): Promise<string> {
    const key = newId();
    await this.claims.put(key, body);
    return key;
  }

  private forget(key: string): void {
    this.claims
      .delete(key)
      .catch((error: unknown) => this.logger.debug('A body in the object store is left to be swept.', { code: toRepriseError(error).code }));
  }

  private async sweep(): Promise<void> {
    try {
      await this.claims.sweep(new Date(this.clock.now().getTime() - KEPT_MS));
    } catch (error) {
      this.logger.warn('Old bodies of messages could not be swept from the object store.', { code: toRepriseError(error).code });
    }
  }
}
