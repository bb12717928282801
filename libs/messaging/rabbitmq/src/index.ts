/** The transport of a cluster: RabbitMQ, quorum queues, confirms, attempts counted by us. */
export * from './rabbit-transport.js';
