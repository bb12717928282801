/**
 * What is mutated together, and the tests that should notice: those of the same library that are quick enough to be run for each of thousands of
 * mutants. `slow` finds those that are not by their names, which begin with those of their suites (`suite > test`).
 */
export const parts = {
  archive: {
    mutate: 'libs/backup/archive/dist',
    tests: ['libs/backup/archive/dist/**/*.spec.js'],
    // `pool` is about threads, which there are none of here.
    without: ['**/fuzz.spec.js', '**/referees.spec.js', '**/pool.spec.js'],
    slow: /entries has zip64|with an event as large as|would be accepted|take it for a bomb|whatever the size|whatever they hold/,
  },
  jobs: { mutate: 'libs/backup/core/dist', tests: ['libs/backup/core/dist/**/*.spec.js'] },
  sagas: {
    mutate: 'libs/backup/service/dist/saga',
    tests: ['libs/backup/service/dist/**/*.spec.js'],
    without: ['**/downloader.spec.js', '**/cluster.spec.js'],
    // What is left takes some ten seconds together.
    slow: /^on |^the next backup > (?!exports only|after an)|genuine archive|keeps its report|each process that takes|stop in the middle|names lost files|counts versions|beside others|restores from here|word of an administrator|waits for no report|never there|hears of a cancellation|lets its message go|never arrived/,
  },
};

/** Set by `mutate.mjs`. */
export const part = process.env.REPRISE_MUTATED ?? 'archive';
