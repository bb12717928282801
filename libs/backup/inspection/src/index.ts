/** Looking at an archive before anything of it is trusted: the plan of an import and a report, or a verdict on the whole of it. */
export * from './archive-verification.js';
export * from './findings.js';
export { Inspector, type Inspection } from './inspector.js';
