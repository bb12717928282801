/**
 * Reading payloads that others wrote: names without regard to case, a missing or odd value is the default. Reducers never throw
 * for an archive that Squidex accepts.
 */
export type Payload = Readonly<Record<string, unknown>>;

export function member(payload: Payload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  const wanted = name.toLowerCase();
  const found = Object.keys(payload).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : payload[found];
}

export function textOrNull(payload: Payload, name: string): string | null {
  const value = member(payload, name);
  return typeof value === 'string' ? value : null;
}

export function text(payload: Payload, name: string): string {
  return textOrNull(payload, name) ?? '';
}

export function flagOrNull(payload: Payload, name: string): boolean | null {
  const value = member(payload, name);
  return typeof value === 'boolean' ? value : null;
}

export function flag(payload: Payload, name: string): boolean {
  return flagOrNull(payload, name) ?? false;
}

/** Numbers may stand in strings, as .NET's web defaults allow. */
export function integer(payload: Payload, name: string): number {
  const value = Number(member(payload, name));
  return Number.isSafeInteger(value) ? value : 0;
}

export function objectOrNull(payload: Payload, name: string): Record<string, unknown> | null {
  const value = member(payload, name);
  return isObject(value) ? value : null;
}

export function textsOrNull(payload: Payload, name: string): string[] | null {
  const value = member(payload, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

export function objects(payload: Payload, name: string): Record<string, unknown>[] {
  const value = member(payload, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
