/** Coverage sees one thread, so what SQLite's writer does is done in the test's own. */
import { vi } from 'vitest';

vi.mock('node:worker_threads', async (original) => {
  const [real, { EventEmitter }] = await Promise.all([original(), import('node:events')]);
  let inside = { parentPort: null, workerData: null };
  let workers = 0;
  // One after the other: the module that is evaluated looks at what is inside right then.
  let started = Promise.resolve();
  class Worker extends EventEmitter {
    constructor(url, { workerData }) {
      super();
      const { port1, port2 } = new real.MessageChannel();
      this.port = port1;
      port1.on('message', (message) => this.emit('message', message));
      port1.on('close', () => this.emit('exit', 0));
      started = started.then(() => {
        inside = { parentPort: port2, workerData: structuredClone(workerData) };
        return import(`${url}?worker=${++workers}`);
      });
    }
    postMessage(message) {
      this.port.postMessage(message);
    }
    async terminate() {
      this.port.close();
    }
  }
  return Object.defineProperties(
    { ...real, Worker },
    Object.fromEntries(['parentPort', 'workerData'].map((name) => [name, { get: () => inside[name], enumerable: true }])),
  );
});
