/** The event log on MongoDB. */
export { eventLogCollections } from './documents.js';
export * from './mongo-event-log.js';
