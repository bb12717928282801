import { createServer, type Server } from 'node:http';
import { METRICS_TYPE } from './metrics.js';

/**
 * Answers probes on a port of its own: `/healthz` while the process runs at all, `/readyz` with 200 when it is started and can reach what it
 * needs, else with 503 and what it lacks; `/metrics` with figures for Prometheus.
 */
export class Health {
  private server: Server | undefined;

  /** `lacks` answers what the process can't do without right now, nothing if all is well; `figures` the text of `/metrics`. */
  constructor(
    private readonly lacks: () => Promise<string[]>,
    private readonly figures: () => string,
  ) {}

  async listen(port: number): Promise<void> {
    const server = createServer((request, response) => {
      const answer = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/healthz') return answer(200, { status: 'alive' });
      if (request.url === '/metrics') return response.writeHead(200, { 'content-type': METRICS_TYPE }).end(this.figures());
      if (request.url !== '/readyz') return answer(404, {});
      this.lacks().then(
        (lacking) => answer(lacking.length === 0 ? 200 : 503, lacking.length === 0 ? { status: 'ready' } : { status: 'not ready', lacking }),
        () => answer(503, { status: 'not ready' }),
      );
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '0.0.0.0', resolve));
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}
