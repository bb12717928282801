/**
 * What is mutated together, and the tests that should notice: those of the same library that are quick enough to be run for each of thousands of
 * mutants. `slow` are names of tests that are not.
 */
export const parts = {
  archive: {
    mutate: 'libs/backup/archive/dist',
    tests: ['libs/backup/archive/dist/**/*.spec.js'],
    without: ['**/fuzz.spec.js', '**/referees.spec.js'],
    slow: /entries has zip64|with an event as large as|would be accepted|take it for a bomb|whatever the size|whatever they hold/,
  },
  jobs: { mutate: 'libs/backup/core/dist', tests: ['libs/backup/core/dist/**/*.spec.js'] },
  sagas: {
    mutate: 'libs/backup/service/dist/saga',
    tests: ['libs/backup/service/dist/**/*.spec.js'],
    without: ['**/downloader.spec.js', '**/cluster.spec.js'],
    slow: /beside others|restores from here|word of an administrator|waits for no report|never there|does not hold all of it|never arrived/,
  },
};

/** Set by `mutate.mjs`. */
export const part = process.env.REPRISE_MUTATED ?? 'archive';
