import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type AmqpConnectionManager, type ChannelWrapper } from 'amqp-connection-manager';
import type { Channel, ConfirmChannel } from 'amqplib';
import { RepriseError, type Logger } from '@reprise/kernel';
import { unreachable } from './errors.js';
import { wasClosed } from './while-open.js';

const HEARTBEAT_S = 10;
const RECONNECT_S = 1;
/** A broker that is blocked reads nothing, not even that we want to go. */
const CLOSED_WITHIN_MS = 2_000;

export interface BrokerAddress {
  /** `amqp://user:password@host:port/vhost`, several for a cluster. */
  urls: string[];
  /** As operators see the connection. */
  name: string;
}

export interface ConnectionHealth {
  connected: boolean;
  /** Why the broker takes nothing for now: an alarm for memory or disk space. It says so to whoever sends, at the first message. */
  blocked?: string;
  /** How often it was connected; one more for each loss. */
  connects: number;
}

/** One connection, renewed whenever it or one of its channels is lost; whatever was declared and consumed on a channel is then set up again. */
export class Connection {
  private readonly manager: AmqpConnectionManager;
  private renewing = false;
  private closing = false;
  private connects = 0;
  private alarm: { reason: string; over: PromiseWithResolvers<void> } | undefined;

  constructor(
    { urls, name }: BrokerAddress,
    private readonly logger: Logger,
  ) {
    this.manager = connect(urls, {
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      reconnectTimeInSeconds: RECONNECT_S,
      connectionOptions: { noDelay: true, clientProperties: { connection_name: name } },
    });
    this.manager.on('connect', () => {
      this.renewing = false;
      this.connects++;
    });
    this.manager.on('connectFailed', ({ err }) => logger.warn('The message broker is not reachable; it is tried again.', { reason: err.message }));
    this.manager.on('disconnect', ({ err }) => {
      this.unblock();
      if (!this.closing) logger.warn('The connection to the message broker was lost.', { reason: err?.message });
    });
    this.manager.on('blocked', ({ reason }) => {
      logger.warn('The message broker takes nothing for now.', { reason });
      this.alarm ??= { reason, over: Promise.withResolvers() };
    });
    this.manager.on('unblocked', () => {
      logger.info('The message broker takes messages again.');
      this.unblock();
    });
  }

  health(): ConnectionHealth {
    const { alarm, connects } = this;
    return { connected: this.manager.isConnected() && !this.renewing, connects, ...(alarm ? { blocked: alarm.reason } : {}) };
  }

  /** Waits for the end of an alarm, no longer than so many milliseconds. */
  async unblocked(withinMs: number): Promise<void> {
    if (this.alarm) await Promise.race([this.alarm.over.promise, sleep(withinMs, undefined, { ref: false })]);
  }

  /**
   * Resolves once the channel is set up, however often the connection is lost meanwhile; rejects when the broker refuses what the first setup asks, with
   * `messaging.setup` (internal).
   */
  async channel(options: { confirm: boolean }, setup: (channel: ConfirmChannel) => Promise<void>): Promise<ChannelWrapper> {
    const wrapper = this.manager.createChannel({
      confirm: options.confirm,
      setup: async (channel: ConfirmChannel) => {
        channel.on('error', (error) => this.logger.warn('The message broker closed a channel.', { reason: error.message }));
        channel.on('close', () => this.renew());
        await setup(channel);
      },
    });
    await new Promise<void>((resolve, reject) => {
      wrapper.once('connect', () => resolve());
      wrapper.on('error', (cause: Error) => {
        if (wasLost(cause)) {
          const reason = cause.message;
          return this.logger.warn('The connection to the message broker was lost while exchanges and queues were set up; that is tried again.', { reason });
        }
        this.logger.error('Exchanges and queues could not be set up.', { reason: cause.message });
        reject(new RepriseError('internal', 'messaging.setup', `The message broker refused our exchanges or queues: ${cause.message}`, { cause }));
      });
    });
    return wrapper;
  }

  /** A channel for a moment. Errors: `messaging.unreachable`. */
  async brief<T>(use: (channel: Channel) => Promise<T>): Promise<T> {
    const { connection } = this.manager;
    if (!connection) throw unreachable();
    const channel = await (connection as unknown as { createChannel(): Promise<Channel> }).createChannel();
    channel.on('error', () => undefined);
    let lost = false;
    channel.on('close', () => (lost = true));
    try {
      return await use(channel);
    } finally {
      if (!lost) await channel.close();
    }
  }

  /** A lost channel or consumer while the connection stands: the manager renews channels only with their connection. */
  renew(): void {
    if (this.renewing || this.closing) return;
    this.renewing = true;
    setTimeout(() => {
      if (this.manager.isConnected() && !this.closing) this.manager.reconnect();
      else this.renewing = false;
    }, RECONNECT_S * 1_000).unref();
  }

  async close(): Promise<void> {
    this.closing = true;
    const socket = (this.manager.connection as unknown as { connection?: { stream?: { destroy(): void } } } | undefined)?.connection?.stream;
    const closed = this.manager.close().then(() => true);
    if (!(await Promise.race([closed, sleep(CLOSED_WITHIN_MS, false, { ref: false })]))) socket?.destroy();
  }

  private unblock(): void {
    this.alarm?.over.resolve();
    this.alarm = undefined;
  }
}

/** What waited for an answer when the connection went, in amqplib's words, or came after. */
function wasLost(error: Error): boolean {
  return wasClosed(error) || /^(Channel ended|Connection closed)/.test(error.message);
}
