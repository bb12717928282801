/** What the MongoDB adapters share: a connection that acknowledges only what is safe, the explicit step that makes indexes, errors. */
export * from './mongo-database.js';
export * from './mongo-errors.js';
export * from './mongo-module.js';
