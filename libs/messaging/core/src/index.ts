/** Publishing and consuming, without any broker: the bus that services use and the port that transports implement. */
export * from './bus.js';
export * from './claim-check-transport.js';
export * from './claims.js';
export * from './patience.js';
export * from './patient-bus.js';
export * from './retry.js';
export * from './transport.js';
export * from './typed-bus.js';
export * from './within.js';
