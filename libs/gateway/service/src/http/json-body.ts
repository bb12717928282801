import { RepriseError } from '@reprise/kernel';
import type { PipeTransform } from '@nestjs/common';
import type { ZodType } from 'zod';

/** A JSON body as it came: parsing it would lose 20-digit numbers, `1.0` and the like. */
export class JsonBody {
  constructor(readonly text: string) {}
}

/** For `@Body(jsonText)`: the body's text. Whether it is valid JSON is the affair of the service that stores it. */
export const jsonText: PipeTransform<unknown, string> = {
  transform(body) {
    if (body instanceof JsonBody && body.text.trim() !== '') return body.text;
    throw new RepriseError('invalid', 'request.no-json', "Send a JSON body with 'Content-Type: application/json'.");
  },
};

/** For `@Body(json(schema))`: the body as a checked value. Errors `request.no-json`, `request.invalid` (details name each field). */
export function json<T>(schema: ZodType<T>): PipeTransform<unknown, T> {
  return { transform: (body) => check(schema, parse(jsonText.transform(body, { type: 'body' }))) };
}

export function check<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message));
  throw new RepriseError('invalid', 'request.invalid', 'Validation error', { details });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new RepriseError('invalid', 'json.invalid', 'The body is not valid JSON.', { cause });
  }
}
