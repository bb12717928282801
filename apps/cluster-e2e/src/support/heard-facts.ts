import { type ChannelModel, connect } from 'amqplib';

/** Where the cluster tells facts to others; see docs/reference. */
const FACTS = 'reprise.facts';

/** A consumer of the cluster's facts, as another service is one. */
export class HeardFacts {
  /** In the order in which they came: `type`, id of the message, id of the job. */
  readonly heard: { type: string; messageId: string; jobId: string }[] = [];

  private constructor(private readonly connection: ChannelModel) {}

  static async listen(url: string): Promise<HeardFacts> {
    const connection = await connect(url);
    const facts = new HeardFacts(connection);
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, FACTS, '#');
    const hear = (message: { content: Buffer; properties: { type?: unknown; messageId?: unknown } } | null) => {
      if (!message) return;
      const { type, messageId } = message.properties;
      const { jobId } = JSON.parse(message.content.toString()) as { jobId: string };
      facts.heard.push({ type: String(type), messageId: String(messageId), jobId });
    };
    await channel.consume(queue, hear, { noAck: true });
    return facts;
  }

  /** Of one job, once each by the ids of the messages, as a consumer does that must not act twice. */
  of(jobId: string): string[] {
    const own = this.heard.filter((fact) => fact.jobId === jobId);
    return [...new Map(own.map(({ messageId, type }) => [messageId, type])).values()];
  }

  async close(): Promise<void> {
    // The broker may have been stopped before.
    await this.connection.close().catch(() => undefined);
  }
}
