/** Backup and restore as sagas over the participants: a Nest module that is given its ports. */
export { BackupConfig } from './backup.config.js';
export { BackupModule } from './backup.module.js';
export { areAllowableHosts } from './fetch/address-policy.js';
