import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/** Says nothing unless its large app is really large, which takes long: where somebody has the time, and says how large. */
const BY_HAND = process.env.REPRISE_FACTOR ? [] : ['**/fairness.spec.js'];

/** `npm run faults`: clusters whose processes, engines and connections fail. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['apps/cluster-e2e/dist/**/*.spec.js'],
    exclude: ['**/node_modules/**', ...BY_HAND],
    // They wait for half of their time; more than two dozen processes would only wait for a processor.
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
