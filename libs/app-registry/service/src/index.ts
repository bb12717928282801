/** The app-registry service: apps by name, their settings, users, clients and tokens; a participant of backup and restore. */
export { AppRegistryModule } from './app-registry.module.js';
export { RegistryConfig } from './registry.config.js';
export { RootClientNotice } from './root-client/root-client.notice.js';
