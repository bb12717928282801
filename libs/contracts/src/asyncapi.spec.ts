import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { publicFacts, publicRequests } from './amqp.js';
import { asyncApi } from './asyncapi.js';

const require = createRequire(import.meta.url);
const root = new URL('../../../', import.meta.url);
type Document = Record<string, Record<string, unknown>>;

describe('The AsyncAPI document', () => {
  const read = async (path: string) => JSON.parse(await readFile(new URL(path, root), 'utf8')) as Document & { version: string };

  it('in docs/reference is that of the schemas (npm run asyncapi writes it)', async () => {
    const { version } = await read('package.json');
    expect(await read('docs/reference/asyncapi.json')).toEqual(JSON.parse(JSON.stringify(asyncApi(version))));
  });

  it('is valid AsyncAPI 3', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, meta: false, validateSchema: false });
    formats.default.default(ajv);
    const check = ajv.compile(require('@asyncapi/specs/schemas/3.0.0.json') as object);
    check(asyncApi('1.0.0'));
    expect(check.errors ?? []).toEqual([]);
    expect(check({ ...asyncApi('1.0.0'), channels: { broken: { address: 5 } } })).toBe(false);
  });

  it('refers to nothing that is not in it', () => {
    const document = asyncApi('1.0.0');
    const references: string[] = [];
    JSON.stringify(document, (key, value: unknown) => {
      if (key === '$ref') references.push(value as string);
      return value;
    });
    const missing = references.filter((reference) => {
      let found: unknown = document;
      for (const part of reference.slice(2).split('/')) found = (found as Record<string, unknown> | undefined)?.[part];
      return found === undefined;
    });
    expect(missing).toEqual([]);
    expect(references.length).toBeGreaterThan(30);
  });

  it('knows every request and fact', () => {
    const { channels } = asyncApi('1.0.0') as { channels: Record<string, { address: string | null }> };
    const addresses = Object.values(channels).flatMap(({ address }) => address ?? []);
    expect(addresses.toSorted()).toEqual([...Object.keys(publicRequests), ...Object.keys(publicFacts)].toSorted());
  });
});
