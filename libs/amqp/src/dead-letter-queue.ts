import type { Channel, GetMessage } from 'amqplib';
import { createHash } from 'node:crypto';
import type { ErrorBody } from '@reprise/kernel';
import type { Connection } from './connection.js';
import { deadQueueOf } from './queues.js';

const MOST = 1_000;

/** The headers of a message that is given up. */
export function buried(error: ErrorBody): Record<string, unknown> {
  return { error: JSON.stringify(error), 'given-up-at': new Date().toISOString() };
}

export interface Letter {
  /** The message's own id, or one made of its content. */
  messageId: string;
  error: ErrorBody;
  /** When it was given up. */
  at: string;
  message: GetMessage;
}

/** Why the broker itself took a message out of its queue. */
const BY_BROKER: Record<string, ErrorBody> = {
  expired: { kind: 'unavailable', code: 'messaging.expired', message: 'Its time to live ended before anybody took it.' },
  rejected: { kind: 'invalid', code: 'messaging.rejected', message: 'It was refused, and nobody could be told. The log has the reason.' },
  delivery_limit: {
    kind: 'internal',
    code: 'messaging.delivery-limit',
    message: 'Each process that took this message ended before it was done with it.',
  },
};

/** What was given up of a queue. Looking means taking out and giving back, so one looks at a time. */
export class DeadLetterQueue {
  private turn: Promise<unknown> = Promise.resolve();

  /** `putBack` moves one to its queue again; `wayBack`: the broker does, see `declareReturningQueue`. */
  constructor(
    private readonly connection: Connection,
    private readonly queue: string,
    private readonly putBack: ((message: GetMessage) => Promise<void>) | 'wayBack',
  ) {}

  /** Oldest first, at most 1,000; none when there is no such queue. */
  list(): Promise<Letter[]> {
    return this.look(async (letters) => letters);
  }

  /** Those of that id; how many there were. */
  requeue(messageId: string): Promise<number> {
    return this.requeueThose((letter) => letter.messageId === messageId);
  }

  /** But what expired: nobody waits for it any more. */
  requeueAll(): Promise<number> {
    return this.requeueThose(({ error }) => error.code !== BY_BROKER['expired']!.code);
  }

  private requeueThose(isMeant: (letter: Letter) => boolean): Promise<number> {
    return this.look(async (letters, channel) => {
      const meant = letters.filter(isMeant);
      for (const { message } of meant) {
        if (this.putBack === 'wayBack') {
          channel.nack(message, false, false);
        } else {
          await this.putBack(message);
          channel.ack(message);
        }
      }
      return meant.length;
    });
  }

  private look<T>(use: (letters: Letter[], channel: Channel) => Promise<T>): Promise<T> {
    const looked = this.turn.then(() =>
      this.connection.brief(async (channel) => {
        const letters: Letter[] = [];
        try {
          while (letters.length < MOST) {
            const message = await channel.get(deadQueueOf(this.queue));
            if (!message) break;
            letters.push(letterOf(message));
          }
        } catch (error) {
          if ((error as { code?: number }).code === 404) return use([], channel);
          throw error;
        }
        try {
          return await use(letters, channel);
        } finally {
          channel.nackAll();
        }
      }),
    );
    this.turn = looked.catch(() => undefined);
    return looked;
  }
}

function letterOf(message: GetMessage): Letter {
  const { messageId, headers = {} } = message.properties as { messageId?: unknown; headers?: Record<string, unknown> };
  const [death] = (headers['x-death'] as { reason?: string; time?: { value?: number } }[] | undefined) ?? [];
  return {
    messageId: typeof messageId === 'string' && messageId !== '' ? messageId : createHash('sha256').update(message.content).digest('hex').slice(0, 32),
    error:
      typeof headers['error'] === 'string' ? (JSON.parse(headers['error']) as ErrorBody) : (BY_BROKER[death?.reason ?? ''] ?? BY_BROKER['delivery_limit']!),
    at: typeof headers['given-up-at'] === 'string' ? headers['given-up-at'] : new Date((death?.time?.value ?? 0) * 1_000).toISOString(),
    message,
  };
}
