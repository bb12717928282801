import { ZodObject, type ZodType } from 'zod';

/**
 * The four kinds of channel. Names are `service.verb`, in lower case; a version belongs to the type, so that a receiver
 * can tell an older sender from a newer one. Bodies are plain JSON; unknown fields are passed over (tolerant reader).
 */
export type Contract = RequestContract<unknown, unknown> | WorkContract<unknown> | FactContract<unknown> | BroadcastContract<unknown>;

interface Named<Channel extends string, Body> {
  readonly channel: Channel;
  readonly name: string;
  readonly version: number;
  readonly body: ZodType<Body>;
}

/** Transient, with a deadline and a reply; never retried by the transport; an expired one never runs. */
export interface RequestContract<Body, Reply> extends Named<'request', Body> {
  readonly reply: ZodType<Reply>;
  readonly deadlineMs: number;
}

/** Durable, competing consumers, acknowledged after its effects are stored; retried with back-off, then dead-lettered. */
export interface WorkContract<Body> extends Named<'work', Body> {
  readonly maxAttempts: number;
}

/** Durable, one copy for each group that listens. A hint or a notice, never a command. */
export type FactContract<Body> = Named<'fact', Body>;

/** Transient, one copy for each process that listens. */
export type BroadcastContract<Body> = Named<'broadcast', Body>;

export function defineRequest<Body, Reply>(
  name: string,
  parts: { body: ZodType<Body>; reply: ZodType<Reply>; deadlineMs?: number; version?: number },
): RequestContract<Body, Reply> {
  return { channel: 'request', name, version: parts.version ?? 1, body: parts.body, reply: parts.reply, deadlineMs: parts.deadlineMs ?? 30_000 };
}

export function defineWork<Body>(name: string, parts: { body: ZodType<Body>; maxAttempts?: number; version?: number }): WorkContract<Body> {
  return { channel: 'work', name, version: parts.version ?? 1, body: parts.body, maxAttempts: parts.maxAttempts ?? 5 };
}

export function defineFact<Body>(name: string, parts: { body: ZodType<Body>; version?: number }): FactContract<Body> {
  return { channel: 'fact', name, version: parts.version ?? 1, body: parts.body };
}

export function defineBroadcast<Body>(name: string, parts: { body: ZodType<Body>; version?: number }): BroadcastContract<Body> {
  return { channel: 'broadcast', name, version: parts.version ?? 1, body: parts.body };
}

/** Whether it is a command of a user, which has a place for the key that makes a repeat harmless; whatever else the gateway asks may be asked twice. */
export function isCommand({ body }: { readonly body: ZodType }): boolean {
  return body instanceof ZodObject && 'key' in body.shape;
}

export type BodyOf<C> = C extends Named<string, infer Body> ? Body : never;
export type ReplyOf<C> = C extends RequestContract<unknown, infer Reply> ? Reply : never;

/** All contracts among a module's exports: give it `import * as contracts from '@reprise/contracts'`. */
export function contractsOf(exports: Readonly<Record<string, unknown>>): Contract[] {
  return Object.values(exports).filter(
    (value): value is Contract => typeof value === 'object' && value !== null && 'channel' in value && 'name' in value && 'body' in value,
  );
}
