import type { AppState } from '@reprise/contracts';
import { describe, expect, it } from 'vitest';
import { clientsDto } from './client.dto.js';
import { contributorsDto } from './contributor.dto.js';
import { languagesDto } from './language.dto.js';
import { rolesDto } from './role.dto.js';
import { workflowsDto } from './workflow.dto.js';

const app = {
  id: '1',
  name: 'my-app',
  contributors: { u1: 'Owner', u2: 'Writers' },
  roles: { Writers: { permissions: ['contents.*.read'], properties: { a: 1 } } },
  clients: { default: { name: 'Default', secret: 's', role: 'Editor', apiCallsLimit: 0, apiTrafficLimit: 0, allowAnonymous: false } },
  languages: {
    master: 'en',
    languages: {
      fr: { fallback: [], isOptional: false },
      de: { fallback: ['en'], isOptional: true },
      en: { fallback: [], isOptional: false },
      'no language': { fallback: [], isOptional: false },
    },
  },
  workflows: {
    w1: {
      name: null,
      initial: 'Draft',
      schemaIds: [],
      steps: {
        Draft: { transitions: { Done: { expression: null, roles: ['Owner'] } }, color: null, validate: false, noUpdateRules: { expression: 'x', roles: null } },
      },
    },
  },
} as unknown as AppState;

describe('Settings of an app over HTTP', () => {
  it('list languages with the master first, and live with one that is none', () => {
    expect(languagesDto(app).items.map(({ iso2Code, englishName, isMaster }) => [iso2Code, englishName, isMaster])).toEqual([
      ['en', 'English', true],
      ['de', 'German', false],
      ['fr', 'French', false],
      ['no language', 'no language', false],
    ]);
  });

  it('list clients with their ids', () => {
    expect(clientsDto(app).items[0]).toMatchObject({ id: 'default', name: 'Default', secret: 's', role: 'Editor' });
  });

  it('list contributors, known or not', () => {
    const { items, maxContributors, _meta } = contributorsDto(app, [{ id: 'u1', email: 'a@example.com', displayName: 'A' }]);
    expect(items.map(({ contributorId, contributorName, role }) => [contributorId, contributorName, role])).toEqual([
      ['u1', 'A', 'Owner'],
      ['u2', 'Not found', 'Writers'],
    ]);
    expect([maxContributors, _meta]).toEqual([-1, undefined]);
  });

  it('count who has a role', () => {
    const roles = Object.fromEntries(rolesDto(app).items.map((role) => [role.name, [role.numClients, role.numContributors, role.isDefaultRole]]));
    expect(roles).toEqual({ Owner: [0, 1, true], Developer: [0, 0, true], Editor: [1, 0, true], Reader: [0, 0, true], Writers: [0, 1, false] });
  });

  it('show workflows without nulls', () => {
    expect(JSON.parse(JSON.stringify(workflowsDto(app)))).toMatchObject({
      errors: [],
      items: [
        {
          id: 'w1',
          initial: 'Draft',
          schemaIds: [],
          steps: { Draft: { transitions: { Done: { roles: ['Owner'] } }, validate: false, noUpdate: true, noUpdateExpression: 'x' } },
        },
      ],
    });
  });
});
