import { connect, type AmqpConnectionManager, type ChannelWrapper } from 'amqp-connection-manager';
import type { Channel, ConfirmChannel } from 'amqplib';
import { RepriseError, type Logger } from '@reprise/kernel';

const HEARTBEAT_S = 10;
const RECONNECT_S = 1;

export interface BrokerAddress {
  /** `amqp://user:password@host:port/vhost`, several for a cluster. */
  urls: string[];
  /** As operators see the connection. */
  name: string;
}

/** One connection, renewed whenever it or one of its channels is lost; whatever was declared and consumed on a channel is then set up again. */
export class Connection {
  private readonly manager: AmqpConnectionManager;
  private renewing = false;
  private closing = false;

  constructor(
    { urls, name }: BrokerAddress,
    private readonly logger: Logger,
  ) {
    this.manager = connect(urls, {
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      reconnectTimeInSeconds: RECONNECT_S,
      connectionOptions: { noDelay: true, clientProperties: { connection_name: name } },
    });
    this.manager.on('connect', () => (this.renewing = false));
    this.manager.on('connectFailed', ({ err }) => logger.warn('The message broker is not reachable; it is tried again.', { reason: err.message }));
    this.manager.on('disconnect', ({ err }) => this.closing || logger.warn('The connection to the message broker was lost.', { reason: err?.message }));
    this.manager.on('blocked', ({ reason }) => logger.warn('The message broker takes nothing for now.', { reason }));
  }

  /** Resolves once the channel is set up; rejects when the first setup fails with `messaging.setup` (internal). */
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
    await this.manager.close();
  }
}

export function unreachable(cause?: unknown): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.unreachable',
    'The message broker did not confirm a message. Check that it runs and can be reached, then try again.',
    { cause },
  );
}
