import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelWrapper } from 'amqp-connection-manager';
import type { ConfirmChannel, Options } from 'amqplib';
import type { Connection } from './connection.js';
import { blocked, interrupted, unreachable } from './errors.js';

/** How long the broker has to take a message, over a lost connection and an alarm too. */
const TAKEN_WITHIN_MS = 10_000;
/** How long what may not arrive twice waits for a connection. */
const CONNECTED_WITHIN_MS = 5_000;

export interface Sent {
  /** False when it was `mandatory` and no queue took it. */
  routed: boolean;
}

/** Sends, and resolves when the broker has the message: on disk where that was asked. */
export class ConfirmedPublisher {
  private wrapper!: ChannelWrapper;
  private connection!: Connection;
  /** What `once` sends by, itself: the wrapper can't tell what it has sent from what it has kept. */
  private channel: ConfirmChannel | undefined;
  private opened = Promise.withResolvers<void>();
  /** Ids of mandatory messages that came back; the broker says so before it confirms. */
  private readonly returned = new Set<string>();
  readonly counts = { sent: 0, returned: 0 };

  constructor(private readonly takenWithinMs = TAKEN_WITHIN_MS) {}

  /** `setUp` declares what is sent to, again whenever the channel is renewed. */
  async open(connection: Connection, setUp: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    this.connection = connection;
    this.wrapper = await connection.channel({ confirm: true }, async (channel) => {
      this.returned.clear();
      channel.on('return', ({ properties }) => this.returned.add(String(properties.messageId)));
      await setUp(channel);
      channel.on('close', () => {
        if (this.channel !== channel) return;
        this.channel = undefined;
        this.opened = Promise.withResolvers();
      });
      this.channel = channel;
      this.opened.resolve();
    });
  }

  /** For what is declared at its first use, and from then on with the channel. */
  async declare(setUp: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    try {
      await this.wrapper.addSetup(setUp);
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  async undeclare(setUp: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
    await this.wrapper.removeSetup(setUp);
  }

  /** For what may arrive twice: sent again when the connection is lost before the broker confirmed it. Errors `messaging.unreachable`, `messaging.blocked`. */
  async publish(exchange: string, key: string, body: Uint8Array, properties: Options.Publish): Promise<Sent> {
    const deadline = performance.now() + this.takenWithinMs;
    for (;;) {
      const left = Math.ceil(deadline - performance.now());
      await this.connection.unblocked(left);
      this.assertUnblocked();
      try {
        await this.wrapper.publish(exchange, key, toBuffer(body), { ...properties, timeout: Math.max(Math.ceil(deadline - performance.now()), 1) });
        return this.confirmed(properties);
      } catch (cause) {
        this.assertUnblocked();
        if (left <= 0 || !isLostChannel(cause)) throw unreachable(cause);
      }
    }
  }

  /**
   * For what must not arrive twice. Refused at once while the broker is blocked, which would take it much later. Errors: `messaging.unreachable`,
   * `messaging.blocked`, and `messaging.interrupted` when the connection was lost before the broker confirmed it: nobody knows whether it has it.
   */
  async once(exchange: string, key: string, body: Uint8Array, properties: Options.Publish, withinMs: number): Promise<Sent> {
    this.assertUnblocked();
    const channel = await this.connected(withinMs);
    this.assertUnblocked();
    await new Promise<void>((resolve, reject) => {
      channel.publish(exchange, key, toBuffer(body), properties, (cause: unknown) => (cause ? reject(interrupted(cause)) : resolve()));
    });
    return this.confirmed(properties);
  }

  /** Waits for a lost connection, a few seconds at most. Error `messaging.unreachable`. */
  async connected(withinMs: number): Promise<ConfirmChannel> {
    if (!this.channel) await Promise.race([this.opened.promise, sleep(Math.min(withinMs, CONNECTED_WITHIN_MS), undefined, { ref: false })]);
    if (!this.channel) throw unreachable();
    return this.channel;
  }

  private confirmed({ messageId }: Options.Publish): Sent {
    this.counts.sent++;
    const routed = !this.returned.delete(String(messageId));
    if (!routed) this.counts.returned++;
    return { routed };
  }

  private assertUnblocked(): void {
    const { blocked: reason } = this.connection.health();
    if (reason !== undefined) throw blocked(reason);
  }
}

export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** amqplib's word for a message that waited for its confirmation when its channel went. */
function isLostChannel(error: unknown): boolean {
  return error instanceof Error && error.message === 'channel closed';
}
