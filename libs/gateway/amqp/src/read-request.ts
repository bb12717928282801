import type { ConsumeMessage } from 'amqplib';
import { isPublicRequest, MOST_REQUEST_BYTES, publicRequests, publicType, type PublicRequestKey } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** What AMQP's own properties tell of a request; each may be missing. */
export interface Caller {
  /** Checked by the broker against the connection that the message came over. */
  userId?: string;
  messageId?: string;
  correlationId?: string;
  replyTo?: string;
  /** Milliseconds that the message had to live when it was sent. */
  timeToLive?: number;
}

export function callerOf({ properties }: ConsumeMessage): Caller {
  const { userId, messageId, correlationId, replyTo, expiration } = properties as { [name in keyof typeof properties]: unknown };
  const parts = { userId, messageId, correlationId, replyTo };
  const texts = Object.fromEntries(Object.entries(parts).filter(([, value]) => typeof value === 'string' && value !== ''));
  const timeToLive = expiration === undefined || expiration === '' ? NaN : Number(expiration);
  return { ...(texts as Omit<Caller, 'timeToLive'>), ...(Number.isFinite(timeToLive) ? { timeToLive } : {}) };
}

/** The request's name. A minor version after the major one changes nothing. Error `message.type-unknown`. */
export function keyOf({ fields, properties }: ConsumeMessage): PublicRequestKey {
  const key = fields.routingKey;
  const type = (properties as { type?: unknown }).type;
  if (!isPublicRequest(key)) {
    throw new RepriseError(
      'invalid',
      'message.type-unknown',
      `There is no request with this routing key. There are ${Object.keys(publicRequests).join(', ')}.`,
    );
  }
  const expected = publicType(key);
  if (type === undefined || type === '' || (typeof type === 'string' && (type === expected || type.startsWith(`${expected}.`)))) return key;
  throw new RepriseError('invalid', 'message.type-unknown', `A request with the routing key ${key} must have the type ${expected}.`);
}

/** Errors `message.too-large`, `message.invalid` (details name each field). */
export function bodyOf(key: PublicRequestKey, content: Buffer): unknown {
  if (content.byteLength > MOST_REQUEST_BYTES) {
    throw new RepriseError('invalid', 'message.too-large', `The body must not be larger than ${MOST_REQUEST_BYTES} bytes.`);
  }
  let body: unknown;
  try {
    body = JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new RepriseError('invalid', 'message.invalid', `The body of ${key} is no JSON.`, { cause });
  }
  const result = publicRequests[key].body.safeParse(body);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RepriseError('invalid', 'message.invalid', `The body of ${key} is not what was agreed.`, { details });
}
