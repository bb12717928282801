import { limitSettings, threadSettings } from '@reprise/settings';

/** Beside those of every service. */
export const SETTINGS = { ...limitSettings, ...threadSettings };
