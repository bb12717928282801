import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to bytes on their way: others in their place, or `undefined` for a cut connection. */
type Meddling = (chunk: Buffer) => Buffer | undefined;

/** Stands between a client and a server on loopback; lets everything pass, counts it, and harms what it is told to. */
export class MeddlingProxy {
  toServer = 0;
  toClient = 0;
  private onRequest: Meddling | undefined;
  private onAnswer: Meddling | undefined;
  private readonly watched: { pattern: RegExp; seen: () => void }[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(url: string): Promise<MeddlingProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer((client) => proxy.join(client, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy: MeddlingProxy = new MeddlingProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return proxy;
  }

  /** When a request's head or body that matches has come; it is passed on all the same. */
  seen(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.watched.push({ pattern, seen: resolve }));
  }

  /** Turns a byte that lies so many bytes behind the next one; each time, or once. */
  damageRequests(at: number, times = 1): void {
    let [passed, left] = [0, times];
    this.onRequest = (chunk) => {
      const place = at - passed;
      passed += chunk.length;
      if (place < 0 || place >= chunk.length || left === 0) return chunk;
      [passed, left] = [0, left - 1];
      const damaged = Buffer.from(chunk);
      damaged[place]! ^= 1;
      return damaged;
    };
  }

  /** Cuts the connection, once, when so many bytes of answers have passed. */
  cutAnswerAfter(bytes: number): void {
    let passed = 0;
    this.onAnswer = (chunk) => {
      passed += chunk.length;
      if (passed < bytes) return chunk;
      this.onAnswer = undefined;
      return undefined;
    };
  }

  /** Cuts the connection, once, in place of the answer to a request that matches; the server has heard it. */
  swallowAnswerTo(pattern: RegExp): void {
    void this.seen(pattern).then(() => {
      this.onAnswer = () => {
        this.onAnswer = undefined;
        return undefined;
      };
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    const pass = (from: Socket, to: Socket, meddling: () => Meddling | undefined, count: (bytes: number) => void) => {
      from.on('data', (chunk: Buffer) => {
        count(chunk.length);
        const passed = meddling() ? meddling()!(chunk) : chunk;
        if (!passed) return cut();
        if (!to.write(passed)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    };
    pass(
      client,
      server,
      () => this.onRequest,
      (bytes) => (this.toServer += bytes),
    );
    pass(
      server,
      client,
      () => this.onAnswer,
      (bytes) => (this.toClient += bytes),
    );
    client.prependListener('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1', 0, 2_000);
      for (const watch of [...this.watched].filter(({ pattern }) => pattern.test(head))) {
        this.watched.splice(this.watched.indexOf(watch), 1);
        watch.seen();
      }
    });
  }
}
