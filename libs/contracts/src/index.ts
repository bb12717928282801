/** What crosses a process: message contracts with their schemas, and the shapes of the read models. Runs in a browser too. */
export * from './amqp.js';
export * from './app-registry.js';
export * from './assets.js';
export * from './asyncapi.js';
export * from './backups.js';
export * from './common.js';
export * from './contents.js';
export * from './define.js';
export * from './event-store.js';
export * from './participants.js';
export * from './state.js';
