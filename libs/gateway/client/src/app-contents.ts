import { createHash } from 'node:crypto';
import { type ApiClient, ApiError } from './api-client.js';

const PAGE = 200;

interface Items {
  total?: number;
  items: Item[];
}
type Item = Record<string, unknown>;

/** Everything that can be read of an app over REST, by kind and id. Two apps with the same history are equal in it. */
export type AppContents = Record<string, Record<string, unknown>>;

/**
 * Reads an app as a whole, with the files of its assets as SHA-256. The app's own id and name are taken out, and links, so that it can be
 * compared with another that was restored from it.
 */
export async function readApp(client: ApiClient, name: string): Promise<AppContents> {
  const base = `/api/apps/${name}`;
  const app = await client.get<Item & { id: string }>(base);
  const list = async (path: string) => (await client.get<Items>(path)).items;
  const schemas = await list(`${base}/schemas`);
  const contents: Item[] = [];
  for (const schema of schemas) contents.push(...(await readContents(client, `/api/content/${name}/${String(schema['name'])}`)));
  const assets = await readPages(client, `${base}/assets`);
  const files: Record<string, unknown> = {};
  for (const asset of assets) files[String(asset['id'])] = await readFile(client, `/api/assets/${name}/${encodeURIComponent(String(asset['id']))}/`);

  const all: AppContents = {
    app: { app },
    languages: by('iso2Code', await list(`${base}/languages`)),
    clients: by('id', await list(`${base}/clients`)),
    contributors: by('contributorId', await list(`${base}/contributors`)),
    roles: by('name', await list(`${base}/roles`)),
    workflows: by('id', await list(`${base}/workflows`)),
    schemas: by('id', schemas),
    contents: by('id', contents),
    rules: by('id', await list(`${base}/rules`)),
    folders: by('id', await list(`${base}/assets/folders`)),
    assets: by('id', assets),
    tags: await client.get<Record<string, unknown>>(`${base}/assets/tags`),
    files,
  };
  return neutral(all, app.id, name) as AppContents;
}

export interface Difference {
  kind: string;
  id: string;
  left: unknown;
  right: unknown;
}

/** What differs between two apps, object by object. */
export function differences(left: AppContents, right: AppContents): Difference[] {
  const found: Difference[] = [];
  for (const kind of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const [a, b] = [left[kind] ?? {}, right[kind] ?? {}];
    for (const id of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (JSON.stringify(a[id]) !== JSON.stringify(b[id])) found.push({ kind, id, left: a[id], right: b[id] });
    }
  }
  return found;
}

/** Nobody reads the contents of a schema that isn't published. */
async function readContents(client: ApiClient, path: string): Promise<Item[]> {
  try {
    return await readPages(client, path, { 'x-unpublished': 'true' });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

async function readPages(client: ApiClient, path: string, headers: Record<string, string> = {}): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const page = await client.get<Items>(`${path}?$top=${PAGE}&$skip=${items.length}`, headers);
    items.push(...page.items);
    if (page.items.length === 0 || items.length >= (page.total ?? 0)) return items;
  }
}

/** A file that a backup had lost is missing in both. */
async function readFile(client: ApiClient, path: string): Promise<string> {
  try {
    const answer = await client.send('GET', path);
    const digest = createHash('sha256');
    for await (const chunk of answer.body ?? []) digest.update(chunk as Uint8Array);
    return digest.digest('hex');
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 'missing';
    throw error;
  }
}

function by(key: string, items: Item[]): Record<string, unknown> {
  const named = items.map((item): [string, Item] => [String(item[key]), item]);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function neutral(value: unknown, id: string, name: string): unknown {
  if (typeof value === 'string') return value.replaceAll(id, '{app-id}').replaceAll(name, '{app-name}');
  if (Array.isArray(value)) return value.map((item) => neutral(item, id, name));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).filter(([member]) => member !== '_links');
  return Object.fromEntries(members.map(([member, inner]) => [member, neutral(inner, id, name)]));
}
