/** Ends a CI run: one line with the figures of vitest's JSON reports and of the demo, which counts as one. On CI nothing may be skipped. */
import { existsSync, readFileSync } from 'node:fs';

const [demo, ...files] = process.argv.slice(2);
let passed = Number(demo === 'passed');
let failed = Number(demo !== 'passed');
for (const file of files) {
  if (!existsSync(file)) {
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const skipped = report.numPendingTests + report.numTodoTests;
  const failedSuites = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length;
  if (skipped > 0) {
    const names = report.testResults.flatMap((file) => file.assertionResults).filter((test) => !['passed', 'failed'].includes(test.status));
    console.log(`Skipped, and so failed on CI:\n${names.map((test) => `  - ${test.fullName}`).join('\n')}`);
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests + failedSuites + skipped + Number(report.numPassedTests === 0);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
