/**
 * Reading of payloads that others wrote: names without regard to case, a missing or odd value is the default. Reducers
 * never throw for an archive that Squidex accepts.
 */
type Payload = Readonly<Record<string, unknown>>;

export function member(payload: Payload, name: string): unknown {
  if (name in payload) return payload[name];
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

/** Numbers may stand in strings, as .NET's web defaults allow. */
export function numberOrNull(payload: Payload, name: string): number | null {
  const value = member(payload, name);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function flagOrNull(payload: Payload, name: string): boolean | null {
  const value = member(payload, name);
  return typeof value === 'boolean' ? value : null;
}

export function flag(payload: Payload, name: string): boolean {
  return flagOrNull(payload, name) ?? false;
}

export function objectOrNull(payload: Payload, name: string): Record<string, unknown> | null {
  return asObject(member(payload, name));
}

export function texts(payload: Payload, name: string): string[] {
  return textsOrNull(payload, name) ?? [];
}

export function textsOrNull(payload: Payload, name: string): string[] | null {
  const value = member(payload, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

export function objects(payload: Payload, name: string): Record<string, unknown>[] {
  const value = member(payload, name);
  return Array.isArray(value) ? value.map(asObject).filter((item) => item !== null) : [];
}

function asObject(value: unknown): Record<string, unknown> | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** A map by names that others chose: `__proto__` is a name like any other. */
export function mapWith<T>(map: Readonly<Record<string, T>>, name: string, value: NoInfer<T>): Record<string, T> {
  const entries = new Map(Object.entries(map));
  entries.set(name, value);
  return Object.fromEntries(entries);
}

export function mapWithout<T>(map: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
}

export function entryOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
