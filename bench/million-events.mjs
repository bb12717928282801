/** By hand: a million events in one app against 200,000, restore and backup. Takes some 4 GB of the temporary folder and a quarter of an hour. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryOf } from './memory.mjs';
import { grow, seed } from './support/input.mjs';

const MANY = { fewer: 10, more: 52 };
const SMOKE = { fewer: 1, more: 5 };

export async function bench({ folder, smoke, rounds, say }) {
  const times = smoke ? SMOKE : MANY;
  const memory = {};
  for (const [size, count] of Object.entries(times)) {
    const archive = grow(seed(smoke), join(folder, `${size}.zip`), count);
    memory[size] = await memoryOf(archive, rounds, say);
    rmSync(archive);
  }
  const { fewer, more } = memory;
  return ['restore', 'backup'].flatMap((what) => [
    { bar: `peak memory at 1,000,000 events against 200,000, ${what}`, ratio: more.peak[what] / fewer.peak[what], goal: 1.3 },
    { bar: '  above idle', value: `${fewer.above[what].toFixed(0)} MB, ${more.above[what].toFixed(0)} MB` },
  ]);
}
