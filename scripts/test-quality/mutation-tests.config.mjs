import { defineConfig } from 'vitest/config';
import { part, parts } from './parts.mjs';

export default defineConfig({
  test: {
    include: parts[part].tests,
    exclude: parts[part].without ?? [],
    // One thread for all files of a run: starting and loading them costs more than their tests.
    isolate: false,
    setupFiles: ['scripts/test-quality/without-threads.mjs', 'scripts/test-quality/without-slow-tests.mjs'],
    // A machine that is busy is no failure.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
