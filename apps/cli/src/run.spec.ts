import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobPrinter } from './job-printer.js';
import { run } from './run.js';

function terminal() {
  let text = '';
  return { write: (more: string) => void (text += more), isTTY: false, text: () => text };
}

describe('reprise restore', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let status = 'Completed';
  let uploaded = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-cli-'));
    await writeFile(join(folder, 'a.zip'), 'PK-archive');
    server = createServer((request, response) => {
      const json = (code: number, body: unknown) => response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      request.on('end', () => {
        if (request.url === '/identity-server/connect/token')
          return json(body.includes('client_secret=good') ? 200 : 400, { access_token: 't', error: 'invalid_client' });
        if (request.method === 'POST') {
          uploaded = body;
          return json(202, { id: 'r1' });
        }
        const log = ['Started.', 'Reading 1/1 events', 'End.'].map((message) => ({ timestamp: '', message }));
        return json(200, {
          id: 'r1',
          status,
          appName: 'new',
          handledEvents: 1,
          handledAssets: 0,
          log,
          error: status === 'Failed' ? { code: 'x', message: 'The archive is cut off.' } : undefined,
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const reprise = async (args: string[], env: Record<string, string> = { REPRISE_URL: url, REPRISE_ROOT_CLIENT_SECRET: 'good' }) => {
    const [out, err] = [terminal(), terminal()];
    const code = await run(args, env, { out, err });
    return { code, out: out.text(), err: err.text() };
  };

  it('sends the file and its name, and tells how it went', async () => {
    status = 'Completed';
    const { code, out } = await reprise(['restore', join(folder, 'a.zip'), '--name', 'new']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Started\.\nReading 1\/1 events\nEnd\.\nRestored 'new' with 1 events and 0 assets/);
    expect(uploaded).toContain('PK-archive');
    expect(uploaded).toMatch(/name="name"\r\n\r\nnew\r\n/);
  });

  it('finds a file from where npm was called', async () => {
    const env = { REPRISE_URL: url, REPRISE_ROOT_CLIENT_SECRET: 'good', INIT_CWD: folder };
    expect((await reprise(['restore', 'a.zip'], env)).code).toBe(0);
  });

  it('answers 1 when the job failed, and says why', async () => {
    status = 'Failed';
    expect(await reprise(['restore', join(folder, 'a.zip')])).toMatchObject({ code: 1, err: expect.stringContaining('cut off') });
  });

  it('answers 2 for a command line that is wrong', async () => {
    expect((await reprise(['restore'])).code).toBe(2);
    expect((await reprise(['destroy'])).code).toBe(2);
    expect(await reprise(['restore', join(folder, 'nothing.zip')])).toMatchObject({ code: 2, err: expect.stringContaining('nothing.zip') });
    expect(await reprise(['restore', join(folder, 'a.zip')], { REPRISE_URL: url })).toMatchObject({
      code: 2,
      err: expect.stringContaining('REPRISE_ROOT_CLIENT_SECRET'),
    });
  });

  it('answers 3 when nobody is there', async () => {
    expect((await reprise(['restore', join(folder, 'a.zip'), '--url', 'http://127.0.0.1:1'])).code).toBe(3);
  });

  it('answers 4 when the server refuses', async () => {
    expect((await reprise(['restore', join(folder, 'a.zip'), '--client-secret', 'bad'])).code).toBe(4);
  });

  it('shows help without complaint', async () => {
    expect(await reprise(['restore', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--name') });
  });
});

describe('The log of a job on a terminal', () => {
  it('shows each line once, the last one when it is final', () => {
    const out = terminal();
    const printer = new JobPrinter(out);
    const look = (messages: string[], finished = false) => printer.show({ log: messages.map((message) => ({ timestamp: '', message })) } as never, finished);
    look(['a', 'reading 1']);
    look(['a', 'reading 2']);
    look(['a', 'reading 3', 'b\x1b[2J'], true);
    expect(out.text()).toBe('a\nreading 3\nb [2J\n');
  });
});
