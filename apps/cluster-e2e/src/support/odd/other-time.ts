/** Before the program of a service: the clock of one of its processes goes before, that of the other behind, fifteen minutes apart. */
import { isMainThread } from 'node:worker_threads';
import { oddOne } from './odd-one.js';

const MINUTE = 60_000;
/** An S3 server takes no request whose time is 15 minutes and more from its own. */
const AHEAD = 14 * MINUTE;
const BEHIND = -1 * MINUTE;

const SHIFT = 'REPRISE_ODD_SHIFT';

const odd = oddOne();
// Threads of a process have its time.
if (isMainThread) process.env[SHIFT] = String(odd ? AHEAD : BEHIND);
if (/apps\/(?!cluster\/)[a-z-]+\/dist\//.test(process.argv[1] ?? '')) shiftBy(Number(process.env[SHIFT]));

function shiftBy(shift: number): void {
  const real = Date;
  const now = () => {
    odd?.count();
    return real.now() + shift;
  };
  globalThis.Date = new Proxy(real, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
