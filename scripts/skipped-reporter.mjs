/** A vitest reporter that says at the end which tests were skipped, each by its name, which tells how to enable it. */
export default class SkippedReporter {
  onTestRunEnd(modules) {
    const names = new Set();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        names.add(test.parent.type === 'suite' ? test.parent.fullName : test.fullName);
      }
    }
    if (names.size === 0) return;
    process.stdout.write(`\nSkipped on this machine:\n${[...names].map((name) => `  - ${name}\n`).join('')}`);
  }
}
