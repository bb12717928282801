/** Read models on SQLite. */
export * from './sqlite-read-model-store.js';
