/** The registry's store on SQLite. */
export { registryTables, SqliteRegistryStore } from './sqlite-registry-store.js';
