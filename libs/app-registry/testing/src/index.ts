/** The contract suite of the registry's store. */
export * from './registry-store-contract.js';
