/** A map by names that others chose: `__proto__` is a name like any other. */
export function mapWith<T>(map: Readonly<Record<string, T>>, name: string, value: NoInfer<T>): Record<string, T> {
  return { ...map, [name]: value };
}

export function mapWithout<T>(map: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
}

export function entryOf<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
