import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Hold } from './inside.js';

interface Awaited {
  when: (request: IncomingMessage) => boolean;
  reach: () => void;
  opened: Promise<void>;
}

/** Stands before a server that speaks HTTP, passes on all as it comes, and lets requests wait. */
export class HoldingProxy {
  private readonly awaited = new Set<Awaited>();
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => void this.serve(incoming, answer));
  }

  static async start(target: string): Promise<HoldingProxy> {
    const server = createServer({ requestTimeout: 0 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HoldingProxy(server, new URL(target));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** All requests that `when` agrees to wait, until they may go on. */
  hold(when: Awaited['when']): Hold {
    const reached = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const awaited = { when, reach: reached.resolve, opened: opened.promise };
    this.awaited.add(awaited);
    const go = () => {
      this.awaited.delete(awaited);
      opened.resolve();
    };
    return { reached: reached.promise, go };
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await once(this.server, 'close');
  }

  private async serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      for (const { when, reach, opened } of this.awaited) {
        if (!when(incoming)) continue;
        reach();
        await opened;
      }
      const { hostname, port } = this.target;
      // The host stays what the client signed.
      const { method, url: path, headers } = incoming;
      const outgoing = request({ hostname, port, method, path, headers, agent: this.agent });
      const sent = pipeline(incoming, outgoing);
      // Told below, unless there is no answer at all.
      sent.catch(() => undefined);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      answer.writeHead(response.statusCode!, response.rawHeaders);
      await Promise.all([sent, pipeline(response, answer)]);
    } catch {
      // As when a server goes away.
      answer.destroy();
    }
  }
}
