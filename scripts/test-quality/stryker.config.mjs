import { part, parts } from './parts.mjs';

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/test-quality/mutation-tests.config.mjs', pool: 'forks' },
  // Libraries find each other through links in node_modules, which lead to one place.
  inPlace: true,
  // `pool` and `moving`: what starts threads, in whose place the tasks run here.
  mutate: [parts[part].mutate, '!**/*.spec.js', '!**/spec-*.js', '!**/index.js', '!**/pool*.js', '!**/moving.js'],
  // Most texts are messages for people, whose words no test should know.
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `coverage/mutation-${part}.json` },
  tempDirName: 'coverage/.stryker',
  timeoutMS: 20_000,
  concurrency: 2,
};
