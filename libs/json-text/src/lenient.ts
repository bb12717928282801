/**
 * Reading parsed JSON that others wrote, payloads of events above all: names without regard to case, a missing or odd value is null or
 * the default. Nothing here throws, because reducers never may for an archive that Squidex accepts.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function member(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const found = Object.keys(object).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : object[found];
}

export function textOrNull(object: JsonObject, name: string): string | null {
  const value = member(object, name);
  return typeof value === 'string' ? value : null;
}

export function text(object: JsonObject, name: string): string {
  return textOrNull(object, name) ?? '';
}

export function flagOrNull(object: JsonObject, name: string): boolean | null {
  const value = member(object, name);
  return typeof value === 'boolean' ? value : null;
}

export function flag(object: JsonObject, name: string): boolean {
  return flagOrNull(object, name) ?? false;
}

/** Numbers may stand in strings, as .NET's web defaults allow. */
export function numberOrNull(object: JsonObject, name: string): number | null {
  const value = member(object, name);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function integerOrNull(object: JsonObject, name: string): number | null {
  const number = numberOrNull(object, name);
  return Number.isSafeInteger(number) ? number : null;
}

export function integer(object: JsonObject, name: string): number {
  return integerOrNull(object, name) ?? 0;
}

export function objectOrNull(object: JsonObject, name: string): Record<string, unknown> | null {
  const value = member(object, name);
  return isObject(value) ? value : null;
}

/** What isn't a text among them is left out. */
export function textsOrNull(object: JsonObject, name: string): string[] | null {
  const value = member(object, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : null;
}

export function texts(object: JsonObject, name: string): string[] {
  return textsOrNull(object, name) ?? [];
}

/** What isn't an object among them is left out. */
export function objects(object: JsonObject, name: string): Record<string, unknown>[] {
  const value = member(object, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}
