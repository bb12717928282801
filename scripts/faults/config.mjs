import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/** `npm run faults`: clusters whose processes, engines and connections fail. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['apps/cluster-e2e/dist/**/*.spec.js'],
    exclude: ['**/node_modules/**'],
    // A cluster is a dozen processes.
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
