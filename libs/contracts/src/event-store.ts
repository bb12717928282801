import { z } from 'zod';
import { defineFact, defineRequest } from './define.js';

/** One event before it has a place: type name, payload and headers as JSON texts. */
export const NewEvent = z.object({ type: z.string(), payload: z.string(), headers: z.string() });
export type NewEvent = z.infer<typeof NewEvent>;

export const AppendCommand = z.object({
  appId: z.string(),
  /** Unique per app; appending again under the same key gives the first result again. */
  commitKey: z.string(),
  stream: z.string(),
  /** Version of the stream's last event, -1 for a new stream. */
  expectedVersion: z.number().int().min(-1),
  events: z.array(NewEvent).min(1),
  /** Refuses when an event of these stream kinds (`app`, `content`, …) came after `position`, which the caller had seen. */
  condition: z.object({ position: z.number().int().min(0), kinds: z.array(z.string()) }).optional(),
});
export type AppendCommand = z.infer<typeof AppendCommand>;

export const AppendResult = z.object({
  /** App positions of the first and last event of the commit. */
  from: z.number().int(),
  to: z.number().int(),
  /** Version of the stream's last event now. */
  version: z.number().int(),
});
export type AppendResult = z.infer<typeof AppendResult>;

/** Errors: `log.version-conflict`, `log.condition-failed` (both kind conflict), `log.not-open` (conflict), `log.event-too-large` (limit). */
export const appendEvents = defineRequest('event-store.append', { body: AppendCommand, reply: AppendResult });

/** Makes the log of a restored app writable for everybody. Done once, by the saga, before the name is taken; may be repeated. */
export const openLog = defineRequest('event-store.open-log', {
  body: z.object({ appId: z.string(), holder: z.string() }),
  reply: z.object({ head: z.number().int() }),
});

/** A hint that an app's log has grown; whoever decides compares with the head himself. */
export const logCommitted = defineFact('log.committed', {
  body: z.object({ appId: z.string(), from: z.number().int(), to: z.number().int(), types: z.array(z.string()) }),
});
