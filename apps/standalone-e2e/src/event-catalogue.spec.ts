import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appProjection, appUpcasters } from '@reprise/app-registry-core';
import { assetFolderProjection, assetProjection, assetUpcasters } from '@reprise/assets-core';
import { isKnownType, KNOWN_TYPES } from '@reprise/backup-core';
import { contentProjection, contentsUpcasters, ruleProjection, schemaProjection } from '@reprise/contents-core';
import { describe, expect, it } from 'vitest';
import { root } from './support/fixtures.js';

interface Entry {
  stream: string;
  generation: 'current' | 'old';
}

const catalogue = (JSON.parse(readFileSync(join(root, 'fixtures/events.json'), 'utf8')) as { events: Record<string, Entry> }).events;
const projections = [appProjection, assetProjection, assetFolderProjection, schemaProjection, contentProjection, ruleProjection];
const reduced = projections.flatMap(({ reducers }) => [...reducers.values()].map(({ type }) => type));
const upcast = [...appUpcasters, ...assetUpcasters, ...contentsUpcasters].map(({ from }) => from);

/** To which Squidex gives no meaning for any object: kept, and counted in the version. */
const WITHOUT_EFFECT = [
  // Nobody handles them, or nobody stores them.
  ...['AppMasterLanguageSetEvent', 'RuleCronJobTriggered', 'RuleManuallyTriggered'],
  // Old types that mean nothing any more.
  ...['AppPatternDeletedEvent', 'NoopEvent', 'NoopConventEvent', 'WebhookAddedEvent', 'WebhookDeletedEvent'],
  // Streams of no object of an app: usage, comments, teams.
  ...['AppUsageExceededEvent', 'CommentCreatedEvent', 'CommentDeletedEvent', 'CommentUpdatedEvent'],
  ...['TeamAuthChanged', 'TeamContributorAssignedEvent', 'TeamContributorRemovedEvent', 'TeamCreatedEvent', 'TeamDeleted'],
  ...['TeamPlanChangedEvent', 'TeamPlanResetEvent', 'TeamUpdatedEvent'],
];

describe("The catalogue of Squidex's event types", () => {
  it('is what the code knows, none missing on either side', () => {
    expect([...KNOWN_TYPES].toSorted()).toEqual(Object.keys(catalogue).toSorted());
    expect(Object.keys(catalogue).every(isKnownType)).toBe(true);
  });

  it('has a reducer or an upcaster for each type with a meaning, and no other has one', () => {
    expect([...new Set([...reduced, ...upcast, ...WITHOUT_EFFECT])].toSorted()).toEqual(Object.keys(catalogue).toSorted());
    expect(WITHOUT_EFFECT.filter((type) => reduced.includes(type) || upcast.includes(type))).toEqual([]);
  });

  it('has an upcaster for no type of today', () => {
    expect(upcast.filter((type) => catalogue[type]!.generation === 'current')).toEqual([]);
  });

  it('has each reducer in the projection of its stream', () => {
    const misplaced = projections.flatMap(({ kind, reducers }) =>
      [...reducers.values()].filter(({ type }) => catalogue[type]!.stream !== `${kind}-`).map(({ type }) => `${type} in ${kind}`),
    );
    expect(misplaced).toEqual([]);
  });
});
