import { defineConfig } from 'vitest/config';

/** Tests run as they are built: one compiler for product and tests, and worker threads and child processes run the same files. */
export default defineConfig({
  test: {
    include: ['**/*.spec.{js,mjs}'],
    exclude: ['**/node_modules/**', '**/src/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/skipped-reporter.mjs'],
    coverage: { provider: 'v8', include: ['{apps,libs}/**/dist/**/*.js'], exclude: ['**/*.spec.js', '**/testing/**'] },
  },
});
