import { z } from 'zod';

/**
 * Who asks. Made by app-registry from a token, passed along in every command, checked again by the service that acts.
 * `actor` is how events name him: `client:{id}`, `client:{app}:{id}` or `subject:{userId}`.
 */
export const Principal = z.object({
  actor: z.string(),
  /** Everything, in every app: the installation's root client. */
  administrator: z.boolean(),
  /** Set for a client of one app: it sees nothing but that app. */
  app: z.object({ id: z.string(), name: z.string(), role: z.string() }).optional(),
});
export type Principal = z.infer<typeof Principal>;

/** A registered app as commands name it. Both are known once the gateway has resolved the name. */
export const AppRef = z.object({ id: z.string(), name: z.string() });
export type AppRef = z.infer<typeof AppRef>;

/** What every command of a user carries. `key` makes a repeat harmless: the same key gives the same effect, once. */
export const command = { principal: Principal, key: z.string().optional() };

export const Nothing = z.object({});

/**
 * JSON as text. It crosses services unparsed so that 20-digit numbers, `1.0`, `-0`, key order and lone surrogates survive.
 */
export const JsonText = z.string();

export const Page = z.object({ skip: z.number().int().min(0), take: z.number().int().min(0).max(10_000) });
