import { credentials } from './procedures/credentials.js';
import { names } from './procedures/names.js';
import { profiles } from './procedures/profiles.js';
import { users } from './procedures/users.js';

/** Runs in the thread that owns all writes: each procedure is one atomic step. */
export { schema } from './procedures/schema.js';
export const procedures = { ...names, ...users, ...profiles, ...credentials };
