import { defineConfig, mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.mjs';

/** `npm run coverage`: of archive, event log and sagas. Source maps lead to the TypeScript. */
export default mergeConfig(
  usual,
  defineConfig({
    test: {
      setupFiles: ['scripts/test-quality/without-threads.mjs', 'scripts/test-quality/without-writer-thread.mjs'],
      // About threads, which there are none of here.
      exclude: ['**/pool.spec.js'],
      coverage: {
        provider: 'v8',
        include: ['libs/{backup/{archive,core,service},event-store/{core,sqlite,service}}/dist/**/*.js'],
        exclude: ['**/*.spec.js', '**/spec/**', '**/spec-*.js', '**/testing/**', '**/index.js'],
        reporter: ['text', 'html', 'json-summary'],
        reportOnFailure: true,
      },
    },
  }),
);
