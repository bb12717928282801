/** Read models on MongoDB. */
export { readModelCollections } from './documents.js';
export * from './mongo-read-model-store.js';
