/** The Nest glue that every service needs: handlers, the messaging strategy, participation in jobs, logs. */
export * from './assert-handlers.js';
export * from './greeting.js';
export * from './handlers.js';
export * from './logging.js';
export * from './message-context.js';
export * from './messaging-strategy.js';
export * from './participation.js';
export * from './periodic.js';
export * from './program.js';
