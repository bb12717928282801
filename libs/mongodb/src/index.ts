/** What the MongoDB adapters share: a connection that acknowledges only what is safe, the explicit step that makes indexes, errors. */
export * from './contention.js';
export * from './mongo-database.js';
export * from './mongo-errors.js';
export * from './mongo-module.js';
export * from './pieces.js';
/** The driver's types, which adapters name without a dependency of their own. */
export type { mongo } from 'mongoose';
