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
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const failedSuites = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'));
  // Said again here, since what a test printed when it failed is far above.
  const failures = [
    ...failedSuites.map((suite) => `${suite.name}\n${suite.message}`),
    ...tests.filter((test) => test.status === 'failed').map((test) => `${test.fullName}\n${test.failureMessages.join('\n')}`),
  ];
  for (const failure of failures) console.log(`Failed: ${failure.replaceAll('\n', '\n    ')}`);
  if (skipped > 0) {
    const names = tests.filter((test) => !['passed', 'failed'].includes(test.status));
    console.log(`Skipped, and so failed on CI:\n${names.map((test) => `  - ${test.fullName}`).join('\n')}`);
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests + failedSuites.length + skipped + Number(report.numPassedTests === 0);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
