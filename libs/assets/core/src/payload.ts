/**
 * Reading payloads that others wrote: names without regard to case, a missing or odd value is undefined. Reducers never throw
 * for an archive that Squidex accepts.
 */
export type Payload = Readonly<Record<string, unknown>>;

export function member(payload: Payload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  const wanted = name.toLowerCase();
  const found = Object.keys(payload).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : payload[found];
}

export function text(payload: Payload, name: string): string | undefined {
  const value = member(payload, name);
  return typeof value === 'string' ? value : undefined;
}

/** Numbers may stand in strings, as .NET's web defaults allow. */
export function integer(payload: Payload, name: string): number | undefined {
  const value = member(payload, name);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

export function flag(payload: Payload, name: string): boolean | undefined {
  const value = member(payload, name);
  return typeof value === 'boolean' ? value : undefined;
}

export function object(payload: Payload, name: string): Record<string, unknown> | undefined {
  const value = member(payload, name);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

export function texts(payload: Payload, name: string): string[] | undefined {
  const value = member(payload, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}
