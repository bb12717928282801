/** Bodies that are too large for the broker, in any object store. */
export * from './object-claims.js';
