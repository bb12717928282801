/** A process of a test's own that answers requests, and says on a line of its output which it runs: `node spec-answering.js <url> <prefix> <name>`. */
import { SilentLogger } from '@reprise/kernel';
import { parseBody } from '@reprise/messaging-core';
import { RabbitTransport } from './rabbit-transport.js';

const [url, prefix, name] = process.argv.slice(2) as [string, string, string];
const transport = new RabbitTransport({ urls: [url], name: 'tests', prefix }, new SilentLogger());
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Stands still without being frozen: nothing else runs meanwhile, timers and sockets neither. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

await transport.start([
  {
    channel: 'request',
    name,
    handle: async ({ body }) => {
      const asked = parseBody(body);
      say(asked);
      if (typeof asked === 'object' && asked !== null && 'blockMs' in asked) block(Number(asked.blockMs));
      return { body };
    },
  },
]);
say('ready');
