/** The registry's store on MongoDB. */
export { registryCollections } from './documents.js';
export { MongoRegistryStore } from './mongo-registry-store.js';
