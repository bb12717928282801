/** What every transport promises, and a broker to prove it on. */
export * from './memory-claims.js';
export * from './transport-contract.js';
