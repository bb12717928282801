/** Ends a CI run: one line with the figures of vitest's JSON report and of the demo, which counts as one. On CI nothing may be skipped. */
import { readFileSync } from 'node:fs';

const [file, demo] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const failedSuites = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length;
if (skipped > 0) {
  const names = report.testResults.flatMap((file) => file.assertionResults).filter((test) => !['passed', 'failed'].includes(test.status));
  console.log(`Skipped, and so failed on CI:\n${names.map((test) => `  - ${test.fullName}`).join('\n')}`);
}
const demos = { passed: Number(demo === 'passed'), failed: Number(demo !== 'passed') };
const passed = report.numPassedTests + demos.passed;
const failed = report.numFailedTests + failedSuites + skipped + demos.failed;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);
