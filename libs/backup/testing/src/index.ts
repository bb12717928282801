/** The contract that every job store keeps, jobs to test with, and the services around the sagas in small. */
export * from './job-store-contract.js';
export * from './jobs.js';
export * from './loop-bus.js';
export * from './memory-log.js';
export * from './participants.js';
