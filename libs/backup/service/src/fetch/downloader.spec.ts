import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SystemClock } from '@reprise/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';
import { DOWNLOAD_LIMITS, Downloader, type DownloadLimits } from './downloader.js';

const servers: Server[] = [];
const rawServers: TcpServer[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of rawServers.splice(0)) await new Promise((done) => server.close(done));
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that says whatever it likes, once it was asked. */
async function serveRaw(answer: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
    socket.once('data', () => answer(socket));
  });
  rawServers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5_000, 1)]);
const quick: DownloadLimits = { ...DOWNLOAD_LIMITS, idleMs: 200, slowMs: 150, maxBytes: 10_000 };
/** Where the fault shows by itself, however slow the machine is. */
const patient = new Downloader(new AddressPolicy(['127.0.0.0/8']), new SystemClock(), { ...quick, idleMs: 20_000 });
const loopback = new Downloader(new AddressPolicy(['127.0.0.0/8']), new SystemClock(), quick);

async function get(url: string, downloader = loopback, signal = new AbortController().signal): Promise<Buffer> {
  return downloader.fetch(url, signal, async ({ body }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks);
  });
}

describe('fetching an archive', () => {
  it('gives its bytes, over redirects too', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/a.zip') response.end(zip);
      else response.writeHead(302, { location: '/a.zip' }).end();
    });
    expect(await get(`${base}/old`)).toEqual(zip);
  });

  it('sends user and password as such, never in the address', async () => {
    const seen: (string | undefined)[] = [];
    const base = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.host);
      response.end(zip);
    });
    await get(base.replace('http://', 'http://me:p%20w@'));
    expect(seen).toEqual([`Basic ${Buffer.from('me:p w').toString('base64')}`, base.slice(7)]);
  });

  it('names the status, a web page, what is no ZIP, and an empty answer', async () => {
    const base = await serve(({ url }, response) => {
      if (url === '/404') response.writeHead(404).end();
      if (url === '/type') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('PK');
      if (url === '/html') response.end('  <!DOCTYPE html><html>');
      if (url === '/text') response.end('hello');
      if (url === '/empty') response.end();
    });
    await expect(get(`${base}/404`)).rejects.toThrow('Cannot download the archive. Got status code 404: Not Found.');
    await expect(get(`${base}/type`)).rejects.toThrow('web page (HTML)');
    await expect(get(`${base}/html`)).rejects.toThrow('web page (HTML)');
    await expect(get(`${base}/text`)).rejects.toMatchObject({ code: 'archive.no-zip' });
    await expect(get(`${base}/empty`)).rejects.toThrow('without any byte');
  });

  it('gives up a server that is silent, stops, dribbles, lies about the length or never ends', async () => {
    const base = await serve(({ url }, response) => {
      if (url === '/stops') response.write(zip);
      if (url === '/dribbles') {
        response.write('PK');
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      }
      if (url === '/lies') {
        response.writeHead(200, { 'content-length': 9_000 });
        response.write(zip, () => response.destroy());
      }
      if (url === '/endless') {
        response.write('PK');
        const more = () => response.write(Buffer.alloc(4_000), () => !response.destroyed && setImmediate(more));
        more();
      }
      if (url === '/huge') response.writeHead(200, { 'content-length': 1e9 }).write('PK');
    });
    await expect(get(`${base}/silent`)).rejects.toThrow('sent nothing for 0.2 seconds');
    await expect(get(`${base}/stops`)).rejects.toThrow('stopped sending after 5004 bytes');
    await expect(get(`${base}/dribbles`)).rejects.toThrow('less than 1024 bytes per second');
    await expect(get(`${base}/lies`)).rejects.toThrow(/closed the connection before the end|another number of bytes/);
    await expect(get(`${base}/endless`)).rejects.toThrow('larger than the 10000 bytes');
    await expect(get(`${base}/huge`)).rejects.toThrow('larger than the 10000 bytes');
  });

  it('does not unpack what is packed once more', async () => {
    const bomb = gzipSync(Buffer.alloc(1e7));
    const base = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    await expect(get(base, patient)).rejects.toThrow(/content encoding gzip/);
  });

  it('gives up headers that never end, are too large, or contradict each other', async () => {
    const started = 'HTTP/1.1 200 OK\r\n';
    const endless = await serveRaw((socket) => {
      socket.write(started);
      const timer = setInterval(() => socket.write(`x-${'y'.repeat(10)}: 1\r\n`), 20);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(get(endless)).rejects.toThrow('sent nothing for 0.2 seconds');
    const interim = await serveRaw((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(get(interim)).rejects.toThrow(/sent nothing for 0.2 seconds|connection/);
    const flood = await serveRaw((socket) => {
      socket.write(started);
      for (let i = 0; i < 2_000; i++) socket.write(`x-${i}: ${'y'.repeat(1_000)}\r\n`);
    });
    await expect(get(flood, patient)).rejects.toThrow('headers that are too large');
    const twice = await serveRaw((socket) => void socket.write(`${started}Content-Length: 3\r\nContent-Length: 4\r\n\r\nPKab`));
    await expect(get(twice, patient)).rejects.toThrow(/another number of bytes|does not speak HTTP/);
    const nonsense = await serveRaw((socket) => void socket.write('SSH-2.0-OpenSSH_9\r\n\r\n'));
    await expect(get(nonsense, patient)).rejects.toThrow('does not speak HTTP');
  });

  it('takes no more than was announced, whatever comes behind it', async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${zip.length}\r\n\r\n`;
    const more = await serveRaw((socket) => void socket.write(`${head}${zip.toString('latin1')}and more`, 'latin1'));
    const found = await get(more, patient).catch((error: Error) => error.message);
    expect(typeof found === 'string' ? /Cannot download/.test(found) : found.equals(zip)).toBe(true);
  });

  it('gives up after a time, however steadily a server sends', async () => {
    const base = await serve((_, response) => {
      response.write('PK');
      const timer = setInterval(() => response.write('.'.repeat(100)), 20);
      response.on('close', () => clearInterval(timer));
    });
    const hurried = new Downloader(new AddressPolicy(['127.0.0.0/8']), new SystemClock(), { ...quick, idleMs: 20_000, maxMs: 300 });
    await expect(get(base, hurried)).rejects.toThrow('took longer than the 0.3 seconds');
  });

  it('follows five redirects and no more, and only to http', async () => {
    const base = await serve(({ url }, response) => {
      if (url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (url === '/5') response.end(zip);
      else response.writeHead(307, { location: url === '/loop' ? '/loop' : `/${Number(url!.slice(1)) + 1}` }).end();
    });
    expect(await get(`${base}/0`)).toEqual(zip);
    await expect(get(`${base}/loop`)).rejects.toThrow('redirected more than 5 times');
    await expect(get(`${base}/file`)).rejects.toThrow('only http and https');
    await expect(get('file:///etc/passwd')).rejects.toThrow('only http and https');
    await expect(get('ftp://example.com/a')).rejects.toThrow('only http and https');
    await expect(get('nonsense')).rejects.toThrow('not valid');
  });

  it('refuses private addresses before it connects, behind redirects and names too', async () => {
    let visits = 0;
    const base = await serve((_, response) => {
      visits++;
      response.end(zip);
    });
    const port = new URL(base).port;
    const strict = new Downloader(new AddressPolicy([]), new SystemClock(), quick);
    const hosts = ['127.0.0.1', '2130706433', '0x7f.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '169.254.169.254', '10.1.2.3'].concat([
      ...['[::]', '127.1', '017700000001', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[fe80::1]', '[fd00::1]', '100.64.0.1'],
      ...['localhost.', '192.168.0.1', '172.16.0.1', '224.0.0.1', '255.255.255.255', '0'],
    ]);
    for (const host of hosts)
      await expect(get(`http://${host}:${port}/`, strict), host).rejects.toThrow(/private or reserved address|localhost\. is not known/);
    const mixed = new Downloader(new AddressPolicy([]), new SystemClock(), quick, async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
    await expect(get(`http://cms.example.com:${port}/`, mixed)).rejects.toThrow('private or reserved address 127.0.0.1');
    const inwards = await serve((_, response) => response.writeHead(302, { location: `http://[::1]:${port}/` }).end());
    await expect(get(inwards)).rejects.toThrow('private or reserved address ::1');
    expect(visits).toBe(0);
  });

  it('checks a name again behind a redirect: it may lead inwards by then', async () => {
    const seen: string[] = [];
    const base = await serve(({ url }, response) => {
      seen.push(url!);
      response.writeHead(302, { location: `http://cms.example.com:${port}/second` }).end();
    });
    const port = new URL(base).port;
    let lookups = 0;
    const rebinding = new Downloader(new AddressPolicy(['127.0.0.1']), new SystemClock(), quick, async () => {
      lookups++;
      return [{ address: lookups === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    });
    await expect(get(`http://cms.example.com:${port}/first`, rebinding)).rejects.toThrow('private or reserved address 127.0.0.2');
    expect([lookups, seen]).toEqual([2, ['/first']]);
  });

  it('follows no redirect to another scheme', async () => {
    const targets = ['ftp://example.com/a.zip', 'data:application/zip,PK', 'javascript:alert(1)', 'gopher://127.0.0.1/', 'blob:http://127.0.0.1/a'];
    for (const location of targets) {
      const base = await serve((_, response) => response.writeHead(301, { location }).end());
      await expect(get(base), location).rejects.toThrow('only http and https');
    }
    const nowhere = await serve((_, response) => response.writeHead(308).end());
    await expect(get(nowhere)).rejects.toThrow('redirects to nowhere');
  });

  it('connects to the address that was checked, whatever the name says the second time', async () => {
    const base = await serve((_, response) => response.end(zip));
    let lookups = 0;
    const rebinding = new Downloader(new AddressPolicy(['cms.example.com']), new SystemClock(), quick, async () => {
      lookups++;
      return [{ address: lookups === 1 ? '127.0.0.1' : '127.0.0.9', family: 4 }];
    });
    expect(await get(`http://cms.example.com:${new URL(base).port}/`, rebinding)).toEqual(zip);
    expect(lookups).toBe(1);
  });

  it('says when nobody listens or the host is not known, without the secrets of the URL', async () => {
    const base = await serve(() => undefined);
    await new Promise((done) => servers.pop()!.close(done));
    const failure = await get(`${base.replace('http://', 'http://me:secret@')}/a?signature=secret`).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('refused the connection') });
    expect(String((failure as Error).message)).not.toContain('secret');
    await expect(get('http://host.invalid/a.zip')).rejects.toThrow('the host host.invalid is not known');
  });

  it('stops when the job is cancelled', async () => {
    const base = await serve((_, response) => void response.write(zip));
    const cancel = new AbortController();
    const running = get(base, loopback, cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled')), 50);
    await expect(running).rejects.toThrow('cancelled');
  });
});

describe('the hosts that are allowed', () => {
  it('are public ones, and private ones that were named', () => {
    const policy = new AddressPolicy(['Files.Example.com', '10.0.0.0/8', 'fd00::/8', '192.168.1.5']);
    const allowed: [string, string][] = [
      ['cms.example.com', '93.184.216.34'],
      ['files.example.com', '172.16.0.1'],
      ['x', '10.200.0.1'],
      ['x', '::ffff:10.0.0.1'],
      ['x', 'fd12::1'],
      ['x', '192.168.1.5'],
    ];
    const refused: [string, string][] = [
      ['x', '192.168.1.6'],
      ['x', '172.16.0.1'],
      ['x', '100.64.0.1'],
      ['x', 'fe80::1'],
      ['x', '64:ff9b::7f00:1'],
      ['x', '2002:7f00:1::'],
      ['x', '224.0.0.1'],
      ['x', 'nonsense'],
    ];
    for (const [host, address] of allowed) expect(policy.allows(host, address), address).toBe(true);
    for (const [host, address] of refused) expect(policy.allows(host, address), address).toBe(false);
  });

  it.each(['localhost', 'minio', 'my_service.internal', '[::1]', '::1', '127.0.0.1', '10.0.0.0/8', 'fd00::/8'])('may be given as %s', (entry) => {
    expect(() => new AddressPolicy([entry])).not.toThrow();
  });

  it.each(['a b', 'http://host/', '999.1.1.1', '999.1.1.1/8', '10.0.0.0/99', '-a', 'a..b', '[::1'])('are not given as %s', (entry) => {
    expect(() => new AddressPolicy([entry])).toThrow(expect.objectContaining({ code: 'config.allowed-hosts' }));
  });
});
