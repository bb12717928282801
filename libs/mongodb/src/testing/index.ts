/** For the specs of MongoDB adapters: databases that go with the test, and calls that are cut short between two writes. */
export * from './cut-short.js';
export * from './failover.js';
export * from './test-server.js';
