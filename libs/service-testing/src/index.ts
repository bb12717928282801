/** One service on real stores in a folder of its own, without a transport: for the specs of services. */
export * from './direct-bus.js';
export * from './installation.js';
export * from './settable-clock.js';
