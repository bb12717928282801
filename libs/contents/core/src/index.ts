/** Schemas, contents and rules: how their events make them, and what commands decide. Pure. */
export * from './content/commands/change-status.js';
export * from './content/commands/content-id.js';
export * from './content/commands/create-content.js';
export * from './content/commands/delete-content.js';
export * from './content/commands/update-content.js';
export * from './content/content.projection.js';
export * from './content/existing-content.js';
export * from './content/status.js';
export * from './named-id.js';
export * from './rule/rule.projection.js';
export * from './schema/commands/create-schema.js';
export * from './schema/commands/new-schema.js';
export * from './schema/existing-schema.js';
export * from './schema/schema.projection.js';
export type { SchemaShape } from './schema/schema-shape.js';
export * from './upcasters.js';
