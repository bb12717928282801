import { defineConfig } from 'vitest/config';
import { part, parts } from './parts.mjs';

/** The tests that are quick enough to be run for each of thousands of mutants. */
export default defineConfig({
  test: {
    include: [parts[part].tests],
    exclude: ['**/referees.spec.js', '**/downloader.spec.js'],
    testNamePattern:
      /^(?!.*(entries has zip64|as large as is allowed|wherever that is|whatever is done to it|whatever they hold|in time|whatever the size|would be accepted))/,
    setupFiles: ['scripts/test-quality/without-threads.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
