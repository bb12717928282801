import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, freePorts } from './free-ports.js';

it('tells each port once, also while nobody listens there yet, and none that the system gives to others', async () => {
  const ports = [...(await freePorts(50)), ...(await Promise.all(Array.from({ length: 50 }, freePort)))];
  expect(new Set(ports).size).toBe(100);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

it('passes over a port where something listens', async () => {
  const taken = (await freePort()) + 1;
  const server = createServer().listen(taken, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect(await freePorts(3)).not.toContain(taken);
  } finally {
    server.close();
  }
});
