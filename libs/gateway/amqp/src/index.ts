/** Backups and restores for internal services, over RabbitMQ, see docs/reference/amqp.md. */
export * from './amqp-interface.js';
export * from './broker-clients.js';
