/** What every transport promises, and a broker to prove it on. */
export * from './start-rabbit.js';
export * from './transport-contract.js';
