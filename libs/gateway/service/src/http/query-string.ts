import { parse } from 'node:querystring';

/** Query parameters with their names in lower case: callers write `ParentId` and `parentId`, `%24top` and `$top`. */
export function parseQuery(text: string): Record<string, string> {
  // Without prototype, so that no name of a parameter can be one of an object's own.
  const query = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(parse(text))) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) query[name.toLowerCase()] = last;
  }
  return query;
}

/** `a,b` as a list; absent if there is nothing in it. */
export function listOf(value: string | undefined): string[] | undefined {
  const items = value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items?.length ? items : undefined;
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|1)$/i.test(value.trim());
}
