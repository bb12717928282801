/**
 * Before the program of a service: all its works and facts come twice, as the transport allows itself ("at least once"): every other one at once, the rest
 * when what the first has led to may be over. Requests and broadcasts, which are promised to come once at most, do so.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { RabbitTransport } from '@reprise/messaging-rabbitmq';
import { everyOne } from './odd-one.js';

/** As members, not methods: they are put back changed. */
interface Sending {
  enqueue: (this: unknown, ...args: Parameters<RabbitTransport['enqueue']>) => Promise<void>;
  publish: (this: unknown, ...args: Parameters<RabbitTransport['publish']>) => Promise<void>;
}

const LATE_MS = 1_500;

const odd = everyOne();
if (odd) {
  const sending = RabbitTransport.prototype as Sending;
  const { enqueue, publish } = sending;
  sending.enqueue = async function (envelope, delayMs) {
    await enqueue.call(this, envelope, delayMs);
    await enqueue.call(this, envelope, delayMs + (odd.count() % 2 === 0 ? 0 : LATE_MS));
  };
  sending.publish = async function (envelope) {
    await publish.call(this, envelope);
    if (odd.count() % 2 === 0) return publish.call(this, envelope);
    void late(() => publish.call(this, envelope));
  };
}

/** What the end of the process comes before is not sent. */
async function late(send: () => Promise<void>): Promise<void> {
  await pause(LATE_MS, undefined, { ref: false });
  await send().catch(() => undefined);
}
