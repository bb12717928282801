import type { Inspection } from './inspector.js';

/** What inspection leaves for the next steps, in the archive store as JSON: too large for the job's document. */
export interface Findings extends Inspection {
  /** The archive's image of the app, as an object of the archive store. */
  avatar?: { key: string; size: number };
}

/** For the job's log; lost files aren't among them, the import names each. */
export function warningsOf({ report }: Findings): string[] {
  return report.warnings.filter((line) => !line.startsWith('The file '));
}
