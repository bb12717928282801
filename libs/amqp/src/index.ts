/** RabbitMQ as whoever speaks it here uses it: one connection that is renewed, publishing that is confirmed, queues with their dead letters. */
export * from './connection.js';
export * from './dead-letter-queue.js';
export * from './delivery-age.js';
export * from './errors.js';
export * from './publisher.js';
export * from './queues.js';
export * from './while-open.js';
