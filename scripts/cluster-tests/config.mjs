import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/**
 * Of the end-to-end tests, those that reach the product from outside, or by what both products have: the others look into SQLite, folders or the process
 * itself.
 */
const SPECS = ['archives', 'at-once', 'course', 'cut', 'failures', 'manifest-by-hand', 'own-archives', 'sdk', 'two-installations'];

/** `npm run test:cluster`: the same end-to-end tests against the cluster. */
export default defineConfig({
  test: {
    ...usual.test,
    include: SPECS.map((name) => `apps/standalone-e2e/dist/${name}.spec.js`),
    globalSetup: ['scripts/cluster-tests/engines.mjs'],
    // A cluster is a dozen processes, and so is each of its starts.
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
