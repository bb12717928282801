import { queueOf, type FactSubscription, type WorkSubscription } from '@reprise/messaging-core';

/** What we call our exchanges and queues on the broker; a prefix of its own keeps installations that share a broker apart. */
export class Names {
  constructor(readonly prefix: string) {}

  readonly exchange = (channel: 'request' | 'work' | 'fact' | 'broadcast'): string => `${this.prefix}.${channel}`;

  requestQueue(name: string): string {
    return `${this.prefix}.request.${name}`;
  }

  /** Of a work or of a fact's group. */
  queue(subscription: WorkSubscription | FactSubscription): string {
    return this.queueKnownAs(queueOf(subscription));
  }

  /** By the name that operators know, see {@link queueOf}. */
  queueKnownAs(name: string): string {
    return `${this.prefix}.${name.includes('@') ? 'fact' : 'work'}.${name}`;
  }

  /** An exchange and the queue behind it, both of this name. */
  delay(ms: number): string {
    return `${this.prefix}.delay.${ms}`;
  }
}

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, 24 … ms, so that any delays need but a few queues; at most half as long again. */
export function roundUpDelay(ms: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(ms, 1)));
  return power >= 4 && power * 0.75 >= ms ? power * 0.75 : power;
}
