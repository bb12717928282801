import { readFile } from 'node:fs';
import { defineRequest } from '@reprise/contracts';
import { SilentLogger, SystemClock } from '@reprise/kernel';
import { TypedBus } from '@reprise/messaging-core';
import { transportContract } from '@reprise/messaging-testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { InProcessTransport } from './in-process-transport.js';

const newTransport = () => new InProcessTransport(new SystemClock(), new SilentLogger(), { firstMs: 20, maxMs: 80 });

transportContract('the in-process transport', async () => ({ create: newTransport, close: async () => {} }), { processes: 'one' });

it('A process that stood still runs no request whose deadline was meanwhile', async () => {
  const ask = defineRequest('tests.ask', { body: z.unknown(), reply: z.unknown() });
  const transport = newTransport();
  let runs = 0;
  await transport.start([{ channel: 'request', name: ask.name, handle: async ({ body }) => (runs++, { body }) }]);
  // After a file was read, what waits for its turn has it before any timer.
  const asked = new Promise((resolve, reject) => {
    readFile(new URL(import.meta.url), () => {
      new TypedBus(transport).request(ask, {}, { deadlineMs: 20 }).then(resolve, reject);
      const end = performance.now() + 50;
      while (performance.now() < end);
    });
  });
  await expect(asked).rejects.toMatchObject({ code: 'messaging.timeout' });
  await transport.stop();
  expect(runs).toBe(0);
});
