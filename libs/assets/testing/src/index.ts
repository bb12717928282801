/** What the stores of the assets service promise, as suites that each adapter runs. */
export * from './asset-stores-contract.js';
