import type { Subscription, Transport } from '@reprise/messaging-core';
import { TypedBus } from '@reprise/messaging-core';
import { afterEach, beforeEach, describe } from 'vitest';
import { broadcastContract } from './contract/broadcasts.js';
import { factContract } from './contract/facts.js';
import { requestContract } from './contract/requests.js';
import { stopContract } from './contract/stop.js';
import { workContract } from './contract/works.js';

export interface TransportUnderTest {
  /** The transport of one more process, with a back-off of 20 ms to 80 ms. */
  create(): Transport;
  /** After all transports have stopped. */
  close(): Promise<void>;
}

export interface TransportTraits {
  /** Whether processes can share what the transport carries: with `one`, `create` is called once for each test. */
  processes: 'one' | 'many';
}

/** What a test of the contract works with: processes that have started, and stop with it. */
export interface TestBed {
  start(subscriptions: readonly Subscription[]): Promise<{ bus: TypedBus; transport: Transport }>;
  create(): { bus: TypedBus; transport: Transport };
}

/** What every transport promises. */
export function transportContract(name: string, open: () => Promise<TransportUnderTest>, traits: TransportTraits): void {
  describe(`${name} as a transport`, () => {
    let test: TransportUnderTest;
    const transports: Transport[] = [];
    beforeEach(async () => {
      test = await open();
    });
    afterEach(async () => {
      await Promise.all(transports.splice(0).map((transport) => transport.stop(0)));
      await test.close();
    });

    const create = () => {
      const transport = test.create();
      transports.push(transport);
      return { transport, bus: new TypedBus(transport) };
    };
    const bed: TestBed = {
      create,
      start: async (subscriptions) => {
        const process = create();
        await process.transport.start(subscriptions);
        return process;
      },
    };
    requestContract(bed, traits);
    workContract(bed, traits);
    factContract(bed, traits);
    broadcastContract(bed, traits);
    stopContract(bed, traits);
  });
}
