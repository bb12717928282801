/**
 * A person who works while a backup runs: one request after the other, each followed by nine times its own duration of rest, so that they ask for a tenth
 * of one's time. Their 99th percentile, against that of an idle server just before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { interleaved, median } from './support/rounds.mjs';
import { backUp, restore, withServer } from './support/server.mjs';

const REST = 9;
const IDLE_REQUESTS = 300;

export async function bench({ archive, rounds, smoke, say }) {
  const p99 = { idle: [], busy: [] };
  await interleaved(rounds, say, {
    'p99 during a backup by p99 when idle': () =>
      withServer(async (server) => {
        await restore(server, archive, 'bench');
        const look = await requestOf(server.client);
        await sample(look, 50);
        const idle = await sample(look, smoke ? 20 : IDLE_REQUESTS);
        let running = true;
        const backup = backUp(server, 'bench').finally(() => (running = false));
        const busy = await sample(look, Infinity, () => running);
        await backup;
        p99.idle.push(percentile(idle, 0.99));
        p99.busy.push(percentile(busy, 0.99));
        say(`idle ${p99.idle.at(-1).toFixed(1)} ms of ${idle.length}, while it runs ${p99.busy.at(-1).toFixed(1)} ms of ${busy.length}`);
        return p99.busy.at(-1) / p99.idle.at(-1);
      }),
  });
  const [idle, busy] = [median(p99.idle), median(p99.busy)];
  return [
    { bar: 'an interactive request while a backup runs, p99 against idle', ratio: busy / idle, goal: 3 },
    { bar: '  p99 when idle, while it runs', value: `${idle.toFixed(1)} ms, ${busy.toFixed(1)} ms` },
  ];
}

/** Milliseconds of each request, until there are so many or `goesOn` says no. At least one. */
async function sample(look, count, goesOn = () => true) {
  const times = [];
  do {
    const started = performance.now();
    await look();
    const time = performance.now() - started;
    times.push(time);
    await pause(REST * time);
  } while (times.length < count && goesOn());
  return times;
}

function percentile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];
}

/** What an editor does most: to open a list, and to save a content. */
async function requestOf(client) {
  const { items: schemas } = await client.get('/api/apps/bench/schemas');
  const path = `/api/content/bench/${schemas.find(({ isPublished, type }) => isPublished && type === 'Default').name}`;
  const list = () => client.get(`${path}?$top=20`);
  const { items } = await list();
  let number = 0;
  return async () => {
    if (number++ % 2 === 0) return list();
    const { id, data } = items[number % items.length];
    return client.put(`${path}/${id}`, { json: data });
  };
}
