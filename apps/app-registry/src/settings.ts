import { addressSettings, rootClientSettings } from '@reprise/settings';

/** Beside those of every service. */
export const SETTINGS = { ...addressSettings, ...rootClientSettings };
