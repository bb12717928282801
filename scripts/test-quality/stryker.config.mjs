import { part, parts } from './parts.mjs';

/** Set by `mutate.mjs`: all files of the part, or some. */
const files = process.env.REPRISE_MUTATED_FILES?.split(',') ?? ['**/*'];

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // Starting a thread is quicker than starting a process.
  vitest: { configFile: 'scripts/test-quality/mutation-tests.config.mjs', pool: 'threads', related: false },
  // Libraries find each other through links in node_modules, which lead to one place.
  inPlace: true,
  // `pool` and `moving`: what starts threads, in whose place the tasks run here.
  mutate: [
    ...files.map((file) => `${parts[part].mutate}/${file}.js`),
    ...['**/*.spec.js', '**/spec-*.js', '**/testing/**', '**/index.js', '**/pool*.js', '**/moving.js'].map((other) => `!${parts[part].mutate}/${other}`),
  ],
  // Most texts are messages for people, whose words no test should know.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  // What was found of other files, and of mutants whose code and tests are the same, is kept.
  incremental: true,
  incrementalFile: `coverage/mutation-${part}.incremental.json`,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `coverage/mutation-${part}.json` },
  tempDirName: 'coverage/.stryker',
  timeoutMS: 10_000,
  concurrency: 1,
};
