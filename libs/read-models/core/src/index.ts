/** Read models: the store's port, projections, the projector that keeps a model up with the log, and the loop of every command. */
export * from './command-runner.js';
export * from './derived-id.js';
export * from './keyed-lock.js';
export type { ComparedApps, Comparison } from './model-comparison.js';
export * from './projection.js';
export * from './projector.js';
export * from './read-model-store.js';
export * from './storable-row.js';
