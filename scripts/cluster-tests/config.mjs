import { defineConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/**
 * Of the end-to-end tests, those that reach the product from outside, or by what both products have. The others start no server (`event-catalogue`,
 * `odd-payloads`, `old-types`), or are about what the standalone alone is: one process (`crash`, `process`, `npm-start`, `clock-jumps`, faults in its ports), one file and
 * folders (`disk-full`, `invariants`). `extremes` needs no more either, but takes long: where somebody has the time, and sets REPRISE_EXTREMES.
 */
const SPECS = [
  'archives',
  'at-once',
  'both-products',
  'cancel',
  'checks',
  'course',
  'cut',
  'failures',
  'manifest-by-hand',
  'next-backup',
  'own-archives',
  'restored-events',
  'sdk',
  'two-installations',
];

/** `npm run test:cluster`: the same end-to-end tests against the cluster. */
export default defineConfig({
  test: {
    ...usual.test,
    include: [...SPECS, ...(process.env.REPRISE_EXTREMES ? ['extremes'] : [])].map((name) => `apps/standalone-e2e/dist/${name}.spec.js`),
    globalSetup: ['scripts/cluster-tests/engines.mjs'],
    // A cluster is a dozen processes: more of them would only wait for a processor.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
