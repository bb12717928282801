/** What is mutated together, and the tests that should notice: those of the same library. */
export const parts = {
  archive: { mutate: 'libs/backup/archive/dist/**/*.js', tests: 'libs/backup/archive/dist/**/*.spec.js' },
  jobs: { mutate: 'libs/backup/core/dist/**/*.js', tests: 'libs/backup/core/dist/**/*.spec.js' },
  sagas: { mutate: 'libs/backup/service/dist/saga/**/*.js', tests: 'libs/backup/service/dist/**/*.spec.js' },
};

/** Set by `mutate.mjs`. */
export const part = process.env.REPRISE_MUTATED ?? 'archive';
