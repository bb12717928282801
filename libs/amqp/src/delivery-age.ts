import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from 'amqplib';

const ASKED_EVERY_MS = 250;
/** Ages below it say nothing: what arrives may have so much while all is well. */
export const LEAST_AGE_MS = 2 * ASKED_EVERY_MS;

/**
 * How long what a channel delivers may have been under way. The broker counts a message's time to live until it has sent it: what then lies in the socket
 * of a process that is frozen, or too busy to read it, grows old unseen. Nothing in a message says when it was sent, and the clocks of two machines may
 * differ. But the broker answers in order: what comes after its answer was sent after we asked. So it is asked something over and over.
 */
export class DeliveryAge {
  private count = 0;
  /** When that was asked which was answered last: all that comes now was sent later. */
  private since = performance.now();
  private watched = false;

  constructor(private readonly channel: Channel) {}

  /** As the channel's own `prefetch`, which this asks again and again, and nobody else may. */
  async prefetch(count: number): Promise<void> {
    this.count = count;
    await this.ask();
    if (this.watched) return;
    this.watched = true;
    void this.watch();
  }

  /** Milliseconds since the broker may have sent what arrives right now: at most so many. Some 250 while all is well. */
  get mostMs(): number {
    return performance.now() - this.since;
  }

  private async ask(): Promise<void> {
    const asked = performance.now();
    await this.channel.prefetch(this.count);
    this.since = asked;
  }

  private async watch(): Promise<void> {
    try {
      for (;;) {
        await sleep(Math.max(this.since + ASKED_EVERY_MS - performance.now(), 0), undefined, { ref: false });
        await this.ask();
      }
    } catch {
      // The channel is gone, and nothing comes over it any more.
    }
  }
}
