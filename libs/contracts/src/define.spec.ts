import { expect, it } from 'vitest';
import { contractsOf, isCommand } from './define.js';
import * as contracts from './index.js';

it('What a user asks for is a command when a key can make its repeat harmless, and all else may be asked twice', () => {
  const requests = contractsOf(contracts).filter(({ channel }) => channel === 'request');
  const commands = requests.filter(isCommand).map(({ name }) => name);
  expect(commands.sort()).toEqual([
    'app-registry.add-language',
    'app-registry.assign-contributor',
    'app-registry.attach-client',
    'app-registry.create-app',
    'app-registry.create-user',
    'app-registry.delete-app',
    'app-registry.remove-contributor',
    'app-registry.revoke-client',
    'assets.annotate-asset',
    'assets.create-asset',
    'assets.delete-asset',
    'assets.replace-file',
    'backup.cancel',
    'backup.check',
    'backup.delete',
    'backup.start',
    'contents.change-status',
    'contents.create-content',
    'contents.create-schema',
    'contents.delete-content',
    'contents.update-content',
    'restore.start',
  ]);
});
