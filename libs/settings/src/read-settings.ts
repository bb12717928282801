import { z } from 'zod';
import { ConfigError } from './config-error.js';

/** Error {@link ConfigError} names every bad setting at once. An empty setting is one that isn't set. */
export function readSettings<Shape extends z.ZodRawShape>(shape: Shape, env: Readonly<Record<string, string | undefined>>): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.keys(shape).flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])));
  const result = z.object(shape).safeParse(given);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`));
  return result.data;
}
