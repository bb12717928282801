export interface Link {
  href: string;
  method: string;
}

/** `_links` of a resource: relation → path. Paths start with a slash and don't know the base URL. */
export type Links = Record<string, Link>;

export function get(href: string): Link {
  return { href, method: 'GET' };
}

export function post(href: string): Link {
  return { href, method: 'POST' };
}

export function put(href: string): Link {
  return { href, method: 'PUT' };
}

export function del(href: string): Link {
  return { href, method: 'DELETE' };
}

/** A path whose names are safe in a URL: `` path`/api/apps/${name}` ``. */
export function path(parts: TemplateStringsArray, ...names: string[]): string {
  return parts.reduce((result, part, i) => result + encodeURIComponent(names[i - 1]!) + part);
}
