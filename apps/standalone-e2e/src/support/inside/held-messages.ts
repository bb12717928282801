import { type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import type { Hold } from './inside.js';

/** More than those of the services, who have none. */
const PRIORITY = 10;
const MOST = 1_000;

/** Takes messages before those they are for. */
export class HeldMessages {
  private constructor(private readonly connection: ChannelModel) {}

  static async connect(url: string): Promise<HeldMessages> {
    return new HeldMessages(await connect(url));
  }

  /** Whatever comes to a queue from now on waits. */
  async hold(queue: string): Promise<Hold> {
    const channel = await this.connection.createConfirmChannel();
    const held: ConsumeMessage[] = [];
    const reached = Promise.withResolvers<void>();
    const take = (message: ConsumeMessage | null) => {
      if (!message) return;
      held.push(message);
      reached.resolve();
    };
    await channel.prefetch(MOST);
    const { consumerTag } = await channel.consume(queue, take, { priority: PRIORITY });
    let going: Promise<void> | undefined;
    const letGo = async () => {
      await channel.cancel(consumerTag);
      // Sent anew: a request that was given back would count as one that somebody may have run.
      for (const { content, properties } of held.splice(0)) channel.publish('', queue, content, properties);
      await channel.waitForConfirms();
      channel.ackAll();
      await channel.close();
    };
    return { reached: reached.promise, go: () => (going ??= letGo()) };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
