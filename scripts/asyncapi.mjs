/** `npm run asyncapi`: writes docs/reference/asyncapi.json from the schemas in libs/contracts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { asyncApi } from '@reprise/contracts';

const root = new URL('../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const text = await format(JSON.stringify(asyncApi(version)), { parser: 'json', printWidth: 160 });
writeFileSync(new URL('docs/reference/asyncapi.json', root), text);
