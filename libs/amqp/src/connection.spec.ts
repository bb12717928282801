import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { SilentLogger } from '@reprise/kernel';
import { expect, it, vi } from 'vitest';
import { Connection } from './connection.js';

it('A connection sends what is small at once, without waiting for the broker to acknowledge what went before', async () => {
  const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
  const broker = createServer((socket) => void socket.on('error', () => undefined).destroy());
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const connection = new Connection({ urls: [`amqp://127.0.0.1:${(broker.address() as AddressInfo).port}`], name: 'tests' }, new SilentLogger());
  try {
    await expect.poll(() => noDelay.mock.lastCall).toEqual([true]);
  } finally {
    await connection.close();
    broker.close();
    noDelay.mockRestore();
  }
});
