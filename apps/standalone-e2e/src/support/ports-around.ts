import type { FaultInjector } from '@reprise/fault-injection';
import { Clock, Logger } from '@reprise/kernel';
import { type EnqueueOptions, MessageBus } from '@reprise/messaging-core';
import type { startServer } from '@reprise/standalone';

export type Around = NonNullable<Parameters<typeof startServer>[3]>;

/** No message waits longer than this, so that tests needn't either. */
const LONGEST_DELAY_MS = 100;

/** Puts the injector around all ports that do something, by the names of their tokens. `clock` takes the clock's place, if given. */
export function portsAround(injector: FaultInjector, clock?: Clock): Around {
  return (token, port) => {
    if (token === Clock) return clock === undefined ? port : (clock as object as typeof port);
    const name = (token as { name: string }).name;
    if (token === Logger || name.endsWith('Config')) return port;
    return injector.around(name, token === MessageBus ? impatient(port) : port);
  };
}

function impatient<Port extends object>(bus: Port): Port {
  return new Proxy(bus, {
    get(target, member) {
      const method: unknown = Reflect.get(target, member, target);
      if (member !== 'enqueue' || typeof method !== 'function') return method;
      return (contract: unknown, body: unknown, options: EnqueueOptions = {}): unknown =>
        method.call(target, contract, body, { ...options, ...(options.delayMs ? { delayMs: Math.min(options.delayMs, LONGEST_DELAY_MS) } : {}) });
    },
  });
}
