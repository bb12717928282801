/** What every transport promises, and a broker to prove it on. */
export * from './transport-contract.js';
