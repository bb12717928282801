/** Ends a CI run: one line with the figures of vitest's JSON report. On CI nothing may be skipped. */
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const failedSuites = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length;
if (skipped > 0) {
  const names = report.testResults.flatMap((file) => file.assertionResults).filter((test) => !['passed', 'failed'].includes(test.status));
  console.log(`Skipped, and so failed on CI:\n${names.map((test) => `  - ${test.fullName}`).join('\n')}`);
}
const failed = report.numFailedTests + failedSuites + skipped;
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);
