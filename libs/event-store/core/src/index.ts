/** The event log's port and the vocabulary of events: new, stored, recorded (upcast). */
export * from './blocks.js';
export * from './erasure.js';
export * from './event-log.js';
export * from './log-errors.js';
export * from './new-event.js';
export * from './packed-events.js';
export * from './range-missing.js';
export * from './record.js';
export * from './recorded-event.js';
export * from './refuse-late.js';
export * from './upcaster.js';
