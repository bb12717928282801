import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundaries } from '../eslint.config.mjs';
import { root } from './workspace.mjs';

describe('the boundary rule', () => {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@nx': nx },
        rules: { '@nx/enforce-module-boundaries': ['error', boundaries] },
      },
    ],
  });
  const code = readFileSync(join(root, 'scripts', 'boundary-fixture', 'forbidden-imports.ts'), 'utf8');
  const complaints = async (project) => {
    const [result] = await eslint.lintText(code, { filePath: join(root, project, 'src', 'forbidden-imports.ts') });
    return result.messages.map((message) => message.line);
  };

  beforeAll(async () => {
    process.env.NX_DAEMON = 'false';
    await createProjectGraphAsync({ exitOnError: false });
  });

  it('refuses adapters, services, drivers, deep imports and launchers in a core', async () => {
    expect(await complaints('libs/backup/core')).toEqual([2, 3, 4, 5, 6]);
  });

  it('refuses adapters and services of others in a service', async () => {
    expect(await complaints('libs/contents/service')).toEqual([2, 3, 5, 6]);
  });

  it('refuses services and the adapters of another subject in an adapter', async () => {
    expect(await complaints('libs/backup/sqlite')).toEqual([2, 3, 5, 6]);
  });

  it('lets an app wire adapters and services', async () => {
    expect(await complaints('apps/standalone')).not.toContain(2);
    expect(await complaints('apps/standalone')).not.toContain(3);
    expect(await complaints('apps/standalone')).not.toContain(6);
  });
});
