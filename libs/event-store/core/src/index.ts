/** The event log's port and the vocabulary of events: new, stored, recorded (upcast). */
export * from './byte-block.js';
export * from './event-log.js';
export * from './new-event.js';
export * from './packed-events.js';
export * from './range-missing.js';
export * from './record.js';
export * from './recorded-event.js';
export * from './upcaster.js';
