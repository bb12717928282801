import { SilentLogger, SystemClock } from '@reprise/kernel';
import { transportContract } from '@reprise/messaging-testing';
import { InProcessTransport } from './in-process-transport.js';

transportContract(
  'the in-process transport',
  async () => ({ create: () => new InProcessTransport(new SystemClock(), new SilentLogger(), { firstMs: 20, maxMs: 80 }), close: async () => {} }),
  { processes: 'one' },
);
