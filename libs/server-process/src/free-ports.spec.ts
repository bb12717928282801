import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, freePorts } from './free-ports.js';

it('tells each port once, also while nobody listens there yet, and none that the system gives to others', async () => {
  const ports = [...(await freePorts(50)), ...(await Promise.all(Array.from({ length: 50 }, freePort)))];
  expect(new Set(ports).size).toBe(100);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

it('passes over ports where something listens, ours or not', async () => {
  const last = await freePort();
  const taken = [1, 2, 3].map((more) => last + more);
  const servers = await Promise.all(
    taken.map(async (port) => {
      const server = createServer();
      await Promise.race([once(server.listen(port, '127.0.0.1'), 'listening'), once(server, 'error')]).catch(() => undefined);
      return server;
    }),
  );
  try {
    for (const port of await freePorts(3)) expect(taken).not.toContain(port);
  } finally {
    for (const server of servers) server.close();
  }
});
