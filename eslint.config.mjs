import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/**
 * Dependencies point inwards: apps wire, services decide, adapters talk to engines, cores know nothing of either. Two axes:
 * `type:` says what a project may import by its role, `scope:` keeps each adapter and test suite with its own subject.
 */
const scopes = ['messaging', 'objects', 'event-store', 'read-models', 'app-registry', 'contents', 'assets', 'backup', 'gateway'];
const util = ['type:util', 'type:contracts'];
const drivers = ['mongoose', 'mongodb', 'amqplib', 'amqp-connection-manager', 'minio', 'node:sqlite', '@nestjs/*', 'fastify', '@fastify/*'];

const constraints = [
  { sourceTag: 'type:util', onlyDependOnLibsWithTags: ['type:util'] },
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: ['type:util'] },
  { sourceTag: 'type:core', onlyDependOnLibsWithTags: ['type:core', ...util], bannedExternalImports: drivers },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:core', 'type:testing', ...util] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:core', ...util] },
  { sourceTag: 'type:kit', onlyDependOnLibsWithTags: ['type:core', ...util] },
  { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:core', 'type:kit', ...util] },
  // Starts whole programs: for apps and tests alone.
  { sourceTag: 'type:launcher', onlyDependOnLibsWithTags: ['type:launcher', ...util] },
  // What the processes of a cluster have in common: wiring, as an app is.
  { sourceTag: 'type:host', onlyDependOnLibsWithTags: ['type:adapter', 'type:kit', 'type:core', ...util] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:host', 'type:service', 'type:adapter', 'type:kit', 'type:core', 'type:launcher', ...util] },
  // Looks from outside at what the product has left in its stores.
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:app', 'type:adapter', 'type:kit', 'type:core', 'type:testing', 'type:launcher', ...util] },
];
/** An adapter knows the core of its own subject and no other. */
const ownScope = scopes.map((scope) => ({ allSourceTags: ['type:adapter', `scope:${scope}`], onlyDependOnLibsWithTags: [`scope:${scope}`, 'scope:shared'] }));

export const boundaries = { enforceBuildableLibDependency: false, allow: [], depConstraints: [...constraints, ...ownScope] };

/** Tests wire real adapters and contract suites to what they test. */
const boundariesOfSpecs = {
  ...boundaries,
  depConstraints: constraints.map(({ sourceTag, onlyDependOnLibsWithTags }) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...onlyDependOnLibsWithTags, 'type:service', 'type:adapter', 'type:testing', 'type:launcher', 'type:core', 'type:kit'],
  })),
};

export default tseslint.config(
  { ignores: ['**/dist/**', 'scripts/boundary-fixture/**', '**/node_modules/**', '.nx/**', 'fixtures/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    // One program for all: a project's types would be worked out anew by each that imports it.
    languageOptions: { parserOptions: { project: 'tsconfig.lint.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Settings are read once, in the app (apps/*/src/config.ts).' }],
    },
  },
  {
    files: ['**/*.spec.ts', '**/src/testing/**/*.ts', 'libs/service-testing/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundariesOfSpecs],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['apps/**/*.ts', '**/*.spec.ts', 'libs/*/testing/**/*.ts', 'libs/engines/**/*.ts', 'libs/server-process/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'performance', 'URL', 'fetch', 'setTimeout', 'setInterval', 'structuredClone', 'Buffer', 'FormData', 'AbortSignal'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
);
