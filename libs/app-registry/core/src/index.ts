/** Apps as data: projection and deciders, secrets, and the port of what is kept beside the log. */
export { appProjection } from './app/app.projection.js';
export { seenBy } from './app/seen-by.js';
export { appUpcasters } from './app/upcasters/index.js';
export { defaultWorkflow, workflowOf } from './app/workflows.js';
export * from './commands/add-language.js';
export * from './commands/app-name.js';
export * from './commands/assign-contributor.js';
export * from './commands/attach-client.js';
export * from './commands/create-app.js';
export * from './commands/delete-app.js';
export * from './commands/remove-contributor.js';
export * from './commands/revoke-client.js';
export * from './ports/credentials.js';
export * from './ports/names.js';
export * from './ports/profiles.js';
export * from './ports/registry-store.js';
export * from './ports/users.js';
export * from './secrets/secrets.js';
