/**
 * Before the program of a service: one of its processes sends all that it sends as the next minor version would. Every body has a field that nobody
 * knows, and every type is a minor one newer.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { oddOne } from './odd-one.js';

type Publish = (this: unknown, exchange: string, key: string, content: Buffer, options?: { type?: string }) => boolean;

const odd = oddOne();
if (odd) {
  const require = createRequire(import.meta.url);
  // By its path: the package doesn't export it.
  const { Channel } = require(join(dirname(require.resolve('amqplib')), 'lib/channel_model.js')) as { Channel: { prototype: { publish: Publish } } };
  const { publish } = Channel.prototype;
  Channel.prototype.publish = function (exchange, key, content, options = {}) {
    odd.count();
    const type = options.type?.replace(/\.v(\d+)$/, '.v$1.1');
    return publish.call(this, exchange, key, grown(content), type === undefined ? options : { ...options, type });
  };
}

function grown(content: Buffer): Buffer {
  // Of a body that lies in the object store, nothing is here.
  if (content.length === 0) return content;
  const body = JSON.parse(content.toString('utf8')) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return content;
  return Buffer.from(JSON.stringify({ ...body, ofTheNextVersion: { text: 'which nobody knows', list: [1, null, {}] } }));
}
