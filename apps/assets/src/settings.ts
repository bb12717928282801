/** Those of every service are all. */
export const SETTINGS = {};
