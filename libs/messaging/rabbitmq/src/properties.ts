import type { Message, Options } from 'amqplib';
import { toBuffer } from '@reprise/amqp';
import type { Answer, Delivery, Envelope, FailedAttempt } from '@reprise/messaging-core';
import { newId, type ErrorBody } from '@reprise/kernel';

/** Bodies are plain JSON; all else travels in AMQP's own properties and in headers. */
export function toProperties(envelope: Envelope, attempt = 1): Options.Publish {
  return {
    contentType: 'application/json',
    type: `${envelope.name}.v${envelope.version}`,
    messageId: envelope.messageId,
    correlationId: envelope.correlationId,
    headers: { attempt, ...optional({ 'causation-id': envelope.causationId, claim: envelope.claim }) },
  };
}

/** The header that tells of the attempts before. */
export function failuresHeader(failures: readonly FailedAttempt[]): Record<string, unknown> {
  return { failures: JSON.stringify(failures) };
}

/** Tolerant: what others sent may lack any of it, and a minor version after the major one changes nothing. */
export function toDelivery(message: Message, name: string): Delivery {
  const { type, messageId, correlationId, headers } = message.properties as { [name in keyof typeof message.properties]: unknown };
  const head = (headers ?? {}) as Record<string, unknown>;
  return {
    name,
    version: Number(/\.v(\d+)(?:\.\d+)*$/.exec(text(type) ?? '')?.[1] ?? 1),
    // What we send again, or hear of when it comes back, is told apart by it.
    messageId: text(messageId) || newId(),
    correlationId: text(correlationId) ?? '',
    ...optional({ causationId: text(head['causation-id']), claim: text(head['claim']) }),
    attempt: typeof head['attempt'] === 'number' ? head['attempt'] : 1,
    failures: failuresOf(text(head['failures'])),
    body: message.content,
  };
}

const ERROR_TYPE = 'error.v1';

export interface Reply {
  content: Buffer;
  properties: Options.Publish;
}

/** A reply is the answer's bytes, or the error as JSON, told apart by its type. */
export function toReply(answer: Answer): Reply {
  const contentType = 'application/json';
  if ('error' in answer) return { content: Buffer.from(JSON.stringify(answer.error)), properties: { contentType, type: ERROR_TYPE } };
  return { content: toBuffer(answer.body), properties: { contentType, type: 'reply.v1', headers: optional({ claim: answer.claim }) } };
}

export function toAnswer(message: Message): Answer {
  const { type, headers } = message.properties as { type?: unknown; headers?: Record<string, unknown> };
  if (type === ERROR_TYPE) return { error: JSON.parse(message.content.toString('utf8')) as ErrorBody };
  return { body: message.content, ...optional({ claim: text(headers?.['claim']) }) };
}

function failuresOf(json = '[]'): FailedAttempt[] {
  try {
    const told = JSON.parse(json) as unknown;
    return Array.isArray(told) ? told.filter(isFailedAttempt) : [];
  } catch {
    return [];
  }
}

function isFailedAttempt(value: unknown): value is FailedAttempt {
  const { attempt, code, message } = (value ?? {}) as Record<keyof FailedAttempt, unknown>;
  return typeof attempt === 'number' && typeof code === 'string' && typeof message === 'string';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optional<T extends Record<string, string | undefined>>(parts: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
}
