import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** Ports that were free a moment ago, on loopback; `below` for engines that take a second port far above the one they are given. */
export async function freePorts(count: number, below = 65_536): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const server = await listen();
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    if (port < below) ports.push(port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something listens there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** Whether a GET of the URL is answered with this status. */
export async function answersWith(url: string, status: number): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  await answer?.body?.cancel().catch(() => undefined);
  return answer?.status === status;
}
