import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Stands between a client and a server on loopback and does what networks do: cuts, slows, falls silent, and loses answers. For tests. */
export class CuttingProxy {
  /** What every chunk waits for, in both directions. */
  delayMs = 0;
  /** Connections that were asked for. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private silence: Promise<void> = Promise.resolve();
  private losing: { request: string; lost: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (client) => this.serve(client));
  }

  /** In front of the server of a URL. */
  static async start(targetUrl: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(targetUrl);
    const server = createServer();
    const proxy = new CuttingProxy(server, { host: hostname, port: Number(port) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /**
   * The next request that holds this text goes through, and the server does what it asks. Its answer does not: the connection ends instead.
   * Resolves when that has happened. The text must come in one chunk, so it should stand near the start of the request.
   */
  loseAnswerTo(request: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.losing = { request, lost: resolve };
    return promise;
  }

  /** Ends all connections. New ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * For so long nothing passes, and neither side hears that the other has gone; new connections are taken, and silent as well. Afterwards what was
   * held back comes late, as from a network that sends again what it had lost.
   */
  async beSilent(ms: number): Promise<void> {
    this.silence = pause(ms);
    await this.silence;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    if (this.server.listening) await once(this.server, 'close');
  }

  private serve(client: Socket): void {
    this.connections++;
    const server = connect(this.target);
    let lost: (() => void) | undefined;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          this.sockets.delete(socket);
          void this.silence.then(end);
        });
    }
    const note = (chunk: Buffer) => {
      if (!this.losing || !chunk.includes(this.losing.request)) return;
      lost = this.losing.lost;
      this.losing = undefined;
    };
    this.forward(client, server, (chunk) => {
      note(chunk);
      return true;
    });
    this.forward(server, client, () => {
      if (!lost) return true;
      end();
      lost();
      return false;
    });
  }

  private forward(from: Socket, to: Socket, passes: (chunk: Buffer) => boolean): void {
    let turn = Promise.resolve();
    from.on('data', (chunk) => {
      from.pause();
      turn = turn.then(async () => {
        if (!passes(chunk)) return;
        await this.silence;
        if (this.delayMs > 0) await pause(this.delayMs);
        if (to.destroyed) return;
        if (!to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => undefined);
        from.resume();
      });
    });
    from.on('end', () => void turn.then(() => this.silence).then(() => to.end()));
  }
}
