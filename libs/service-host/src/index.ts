/** What the processes of a cluster have in common: their engines, health, a start and a stop. Each process adds its module and its settings. */
export * from './connections.js';
export * from './databases.js';
export * from './migrate.js';
export * from './run-service.js';
