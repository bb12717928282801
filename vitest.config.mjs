import { defineConfig } from 'vitest/config';

/** Tests run as they are built: one compiler for product and tests, and worker threads and child processes run the same files. */
export default defineConfig({
  test: {
    include: ['**/*.spec.{js,mjs}'],
    // Those are `npm run faults`.
    exclude: ['**/node_modules/**', '**/src/**', 'apps/cluster-e2e/**'],
    pool: 'forks',
    maxWorkers: 2,
    // A machine that is busy is no failure: what a test waits for may take its time.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './scripts/skipped-reporter.mjs'],
  },
});
