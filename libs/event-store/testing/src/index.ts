/** The contract that every adapter of the event log is tested by, and builders of events. */
export * from './builders.js';
export * from './event-log-contract.js';
