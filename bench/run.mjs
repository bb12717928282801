/**
 * `npm run bench -- [NAME …] [--archive FILE] [--rounds N] [--smoke]`: measures the bars and prints each ratio beside its goal. Without names: all but
 * those by hand. Exits with 1 when a bench ends without its numbers, never because a bar is missed. Linux only; the build must be fresh.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benches, byHand } from './benches.mjs';
import { prepareInput } from './support/input.mjs';
import { isMeasured, printTable } from './support/table.mjs';

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { archive: { type: 'string' }, rounds: { type: 'string' }, smoke: { type: 'boolean', default: false } },
});
const all = { ...benches, ...byHand };
const unknown = names.filter((name) => !(name in all));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}; by hand: ${Object.keys(byHand).join(', ')}.`);
  process.exit(2);
}
const { smoke } = values;
const chosen = names.length > 0 ? names : Object.keys(smoke ? all : benches);

const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const rows = [];
const context = { folder, smoke, rounds: Number(values.rounds ?? (smoke ? 1 : 3)), say: (line) => console.log(`  ${line}`) };
try {
  const input = prepareInput(folder, { smoke, archive: values.archive });
  console.log(`input: ${input.archive}`);
  for (const name of chosen) {
    console.log(`${name}:`);
    const { bench } = await all[name]();
    rows.push(...(await bench({ ...context, ...input })));
  }
  printTable(rows);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
if (rows.length === 0 || !rows.every(isMeasured)) process.exitCode = 1;
