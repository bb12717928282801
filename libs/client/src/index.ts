/** Backups and restores from another service, over RabbitMQ, see docs/reference/amqp.md. */
export * from './reprise-client.js';
export type { PublicJob, PublicBody } from '@reprise/contracts';
