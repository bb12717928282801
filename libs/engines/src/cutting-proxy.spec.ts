import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CuttingProxy } from './cutting-proxy.js';

describe('A proxy that cuts', () => {
  let echo: Server;
  let received: string[];
  let ends: Socket[];
  let proxy: CuttingProxy;
  beforeEach(async () => {
    received = [];
    ends = [];
    echo = createServer((socket) => {
      ends.push(socket);
      socket
        .on('data', (chunk) => {
          received.push(String(chunk));
          socket.write(chunk);
        })
        .on('error', () => undefined);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await CuttingProxy.start(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy.stop();
    echo.close();
  });
  const client = async (): Promise<Socket> => {
    const socket = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const answer = async (socket: Socket, request: string) => {
    socket.write(request);
    return String((await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['cut'])]))[0]);
  };

  it('passes on what is said, all of it and in order', async () => {
    const socket = await client();
    expect(await answer(socket, 'hello')).toBe('hello');
    proxy.delayMs = 20;
    const before = performance.now();
    expect(await answer(socket, 'slow')).toBe('slow');
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
    socket.destroy();
  });

  it('lets a request through and loses its answer, once', async () => {
    const [socket, other] = [await client(), await client()];
    const lost = proxy.loseAnswerTo('write');
    expect(await answer(socket, 'read')).toBe('read');
    expect(await answer(socket, 'write 1')).toBe('cut');
    await lost;
    expect(received).toEqual(['read', 'write 1']);
    expect(await answer(other, 'write 2')).toBe('write 2');
    other.destroy();
  });

  it('falls silent, and says late what it has kept back', async () => {
    const [socket, gone] = [await client(), await client()];
    expect([await answer(socket, 'a'), await answer(gone, 'b')]).toEqual(['a', 'b']);
    const closed: string[] = [];
    for (const each of ends) each.on('close', () => closed.push('closed'));
    const over = proxy.beSilent(150).then(() => 'over');
    const late = answer(socket, 'late');
    gone.destroy();
    const taken = await client();
    const fresh = answer(taken, 'new');
    expect(await Promise.race([late, fresh, over])).toBe('over');
    expect(closed).toEqual([]);
    expect([await late, await fresh]).toEqual(['late', 'new']);
    await expect.poll(() => closed).toEqual(['closed']);
    for (const each of [socket, taken]) each.destroy();
    expect(proxy.connections).toBe(3);
  });

  it('ends all connections and takes new ones', async () => {
    const socket = await client();
    expect(await answer(socket, 'a')).toBe('a');
    proxy.cut();
    await once(socket, 'close');
    const again = await client();
    expect(await answer(again, 'b')).toBe('b');
    again.destroy();
  });
});
