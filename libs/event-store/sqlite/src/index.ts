/** The event log on SQLite. */
export * from './sqlite-event-log.js';
