import { areAllowableHosts } from '@reprise/backup-service';
import { addressSettings, backupSettings, limitSettings } from '@reprise/settings';

/** Beside those of every service. */
export const SETTINGS = { ...addressSettings, ...backupSettings(areAllowableHosts), ...limitSettings };
