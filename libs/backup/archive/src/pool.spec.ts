import { readdirSync, readFileSync } from 'node:fs';
import { packEvents } from '@reprise/event-store-core';
import { afterAll, describe, expect, it } from 'vitest';
import { ArchivePool } from './pool.js';
import { sampleLog } from './spec-fixtures.js';

/** Of each thread of this process; the 19th figure of its line, of which the second one may hold spaces. */
const niceValues = () =>
  readdirSync('/proc/self/task').map((thread) => Number(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[16]));

describe.skipIf(process.platform !== 'linux')('The threads of the pool', () => {
  const pool = new ArchivePool({ threads: 1 });
  afterAll(() => pool.destroy());

  it('give way to the thread that answers requests', async () => {
    const before = niceValues();
    await pool.run('deflateEvents', { ...packEvents(sampleLog(3)), whole: true, time: 0 });
    const usual = Math.min(...before);
    expect([Math.max(...before), niceValues().filter((nice) => nice === usual + 10).length]).toEqual([usual, 1]);
  });
});
