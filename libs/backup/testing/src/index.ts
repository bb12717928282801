/** The contract that every job store keeps, jobs to test with, the services around the sagas in small, archives as others read them, and what may lie in the stores. */
export * from './archive-differences.js';
export * from './archive-entries.js';
export * from './doubling-bus.js';
export * from './job-store-contract.js';
export * from './jobs.js';
export * from './loop-bus.js';
export * from './memory-log.js';
export * from './participants.js';
export * from './put-back.js';
export * from './stored-objects.js';
