import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what Linux (32768) and macOS (49152) give to connections and to servers that ask for any port: nobody gets one of these in between by chance. */
const LOWEST = 10_000;
const HIGHEST = 32_767;

/** Each process goes on from a place of its own, so that what it was told last is told nobody else before it is listened to. */
let next = randomInt(LOWEST, HIGHEST + 1);

/** Ports of loopback that nothing listens to, each told once by a process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = next;
    next = port === HIGHEST ? LOWEST : port + 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = (await freePorts(1)) as [number];
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
