import type { Message, Options } from 'amqplib';
import type { Answer, Delivery, Envelope } from '@reprise/messaging-core';
import type { ErrorBody } from '@reprise/kernel';

/** Bodies are plain JSON; all else travels in AMQP's own properties and in headers. */
export function toProperties(envelope: Envelope, attempt = 1): Options.Publish {
  return {
    contentType: 'application/json',
    type: `${envelope.name}.v${envelope.version}`,
    messageId: envelope.messageId,
    correlationId: envelope.correlationId,
    headers: { attempt, ...(envelope.causationId === undefined ? {} : { 'causation-id': envelope.causationId }) },
  };
}

/** Tolerant: what others sent may lack any of it. */
export function toDelivery(message: Message, name: string): Delivery {
  const { type, messageId, correlationId, headers } = message.properties as { [name in keyof typeof message.properties]: unknown };
  const head = (headers ?? {}) as Record<string, unknown>;
  return {
    name,
    version: Number(/\.v(\d+)$/.exec(text(type))?.[1] ?? 1),
    messageId: text(messageId),
    correlationId: text(correlationId),
    ...(typeof head['causation-id'] === 'string' ? { causationId: head['causation-id'] } : {}),
    attempt: typeof head.attempt === 'number' ? head.attempt : 1,
    body: message.content,
  };
}

export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const ERROR_TYPE = 'error.v1';

/** A reply is the answer's bytes, or the error as JSON, told apart by its type. */
export function toReply(answer: Answer): { content: Buffer; type: string } {
  return 'error' in answer ? { content: Buffer.from(JSON.stringify(answer.error)), type: ERROR_TYPE } : { content: toBuffer(answer.body), type: 'reply.v1' };
}

export function toAnswer(message: Message): Answer {
  if (message.properties.type !== ERROR_TYPE) return { body: message.content };
  return { error: JSON.parse(message.content.toString('utf8')) as ErrorBody };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
