/** One SQLite file with a writer thread of its own: procedures, group commit, reads beside it. */
export * from './call-options.js';
export * from './folder-lock.js';
export * from './sqlite-database.js';
export * from './sqlite-errors.js';
export * from './sqlite-module.js';
export * from './statements.js';
export * from './tombstones.js';
