/** The contract that every adapter of the read model store is tested by. */
export * from './read-model-store-contract.js';
