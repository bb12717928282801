import type { GetMessage } from 'amqplib';
import type { ErrorBody } from '@reprise/kernel';
import type { DeadLetter } from '@reprise/messaging-core';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { toDelivery } from './properties.js';
import type { Publisher } from './publisher.js';

const MOST = 1_000;

/** The headers of a message that is given up. */
export function buried(error: ErrorBody): Record<string, unknown> {
  return { error: JSON.stringify(error), 'given-up-at': new Date().toISOString() };
}

/** What was given up. Looking means taking out and giving back, so one looks at a time. */
export class DeadLetters {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly publisher: Publisher,
  ) {}

  /** Oldest first. */
  async list(queue: string): Promise<DeadLetter[]> {
    return this.look(queue, async (messages) => messages.map((message) => letterOf(message, queue)));
  }

  async requeue(queue: string, messageId: string): Promise<boolean> {
    return this.look(queue, async (messages, ack) => {
      const found = messages.find(({ properties }) => properties.messageId === messageId);
      if (!found) return false;
      await this.publisher.toQueue(this.names.queueKnownAs(queue), toDelivery(found, nameOf(queue)), { attempt: 1 });
      ack(found);
      return true;
    });
  }

  private look<T>(queue: string, use: (messages: GetMessage[], ack: (message: GetMessage) => void) => Promise<T>): Promise<T> {
    const dead = this.names.deadQueue(this.names.queueKnownAs(queue));
    const looked = this.turn.then(() =>
      this.connection.brief(async (channel) => {
        const messages: GetMessage[] = [];
        try {
          while (messages.length < MOST) {
            const message = await channel.get(dead);
            if (!message) break;
            messages.push(message);
          }
        } catch (error) {
          if ((error as { code?: number }).code === 404) return use([], () => undefined);
          throw error;
        }
        try {
          return await use(messages, (message) => channel.ack(message));
        } finally {
          channel.nackAll();
        }
      }),
    );
    this.turn = looked.catch(() => undefined);
    return looked;
  }
}

function letterOf(message: GetMessage, queue: string): DeadLetter {
  const { messageId, attempt } = toDelivery(message, nameOf(queue));
  const headers = message.properties.headers ?? {};
  const byBroker: ErrorBody = {
    kind: 'internal',
    code: 'messaging.delivery-limit',
    message: 'Each process that took this message ended before it was done with it.',
  };
  const death = (headers['x-death'] as { time?: { value?: number } }[] | undefined)?.[0]?.time?.value ?? 0;
  return {
    messageId,
    name: nameOf(queue),
    attempts: attempt,
    error: typeof headers.error === 'string' ? (JSON.parse(headers.error) as ErrorBody) : byBroker,
    at: typeof headers['given-up-at'] === 'string' ? headers['given-up-at'] : new Date(death * 1_000).toISOString(),
  };
}

function nameOf(queue: string): string {
  return queue.split('@')[0]!;
}
