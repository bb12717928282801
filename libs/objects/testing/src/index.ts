/** What every object store promises, as a suite that each adapter runs. */
export * from './object-store-contract.js';
