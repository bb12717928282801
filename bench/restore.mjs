/** A restore with its upload, its checks and its read models, against nothing but the inserts of the same events into the same tables. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { insertRaw } from './support/raw-inserts.mjs';
import { interleaved, median, perSecond, ratioOf, seconds } from './support/rounds.mjs';
import { restore, withServer } from './support/server.mjs';

export async function bench({ folder, archive, rounds, say }) {
  const database = join(folder, 'raw');
  let events = 0;
  const figures = await interleaved(rounds, say, {
    restore: () =>
      withServer((server) =>
        seconds(async () => {
          events = (await restore(server, archive, 'bench')).handledEvents;
        }),
      ),
    'raw inserts': async () => {
      const time = await insertRaw(archive, join(database, 'raw.db'));
      rmSync(database, { recursive: true });
      return time;
    },
  });
  return [
    { bar: 'restore incl. read models, against raw batched inserts', ratio: ratioOf(figures, 'restore', 'raw inserts'), goal: 1.8 },
    { bar: '  restore, events per second', value: perSecond(events, median(figures.restore)) },
    { bar: '  raw inserts, events per second', value: perSecond(events, median(figures['raw inserts'])) },
  ];
}
