/** The event-store service: appends for all, exports and imports events for backup and restore. */
export * from './event-store.config.js';
export * from './event-store.module.js';
