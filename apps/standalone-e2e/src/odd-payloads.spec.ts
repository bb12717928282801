import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appProjection, appUpcasters } from '@reprise/app-registry-core';
import { assetFolderProjection, assetProjection, assetUpcasters } from '@reprise/assets-core';
import { contentProjection, contentsUpcasters, ruleProjection, schemaProjection } from '@reprise/contents-core';
import type { EntityState } from '@reprise/contracts';
import { recordEvent, upcastersByType } from '@reprise/event-store-core';
import { applyEvent, type Projection } from '@reprise/read-models-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { root } from './support/fixtures.js';

/** More runs: `REPRISE_FUZZ_RUNS=100000 npx vitest run apps/standalone-e2e/dist/odd-payloads.spec.js`. */
const numRuns = Number(process.env['REPRISE_FUZZ_RUNS'] ?? 400);

const catalogue = readFileSync(join(root, 'fixtures/events.json'), 'utf8');
const types = Object.entries((JSON.parse(catalogue) as { events: Record<string, { stream: string }> }).events);
const upcasters = upcastersByType([...appUpcasters, ...assetUpcasters, ...contentsUpcasters]);
const projections = [appProjection, assetProjection, assetFolderProjection, schemaProjection, contentProjection, ruleProjection] as Projection<EntityState>[];

/** All names that stand in the catalogue, of members and of values alike: they lead deeper into the code than chance would. */
const words = [...new Set(catalogue.match(/(?<=")[A-Za-z$][A-Za-z0-9]*(?=")/g))];
const name = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...words) }, fc.constantFrom('__proto__', 'constructor', 'toString', 'length', ''), fc.string());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      1,
      -1,
      2,
      1e308,
      2 ** 53,
      '',
      '1',
      '1,a',
      'a,b,c',
      ',',
      '2024-01-01T00:00:00Z',
      'subject:1',
      'client:b',
      '\ud800',
    ),
    name,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
  ),
}));
const payload = fc.array(fc.tuple(name, value), { maxLength: 12 }).map((members) => JSON.stringify(Object.fromEntries(members)));
const NO_TEXT = '{"fieldIds":[{"toString":null}],"parentFieldId":{"toString":null}}';
const headers = fc.oneof(fc.constant('{"Timestamp":"2025-01-01T00:00:00Z"}'), fc.constant('{}'), payload);

describe('What events lead to, whatever their payloads', () => {
  it.each(projections.map((projection) => [projection.kind, projection] as const))('is a state, never an error: %s', (kind, projection) => {
    const own = types.filter(([, { stream }]) => stream === `${kind}-`).map(([type]) => type);
    const creating = [...projection.reducers.values()].filter((reducer) => 'create' in reducer).map(({ type }) => type);
    const event = fc.record({ type: fc.constantFrom(...own), payload, headers });
    const first = fc.record({ type: fc.constantFrom(...creating), payload, headers });
    let built = 0;
    fc.assert(
      fc.property(first, fc.array(event, { maxLength: 12 }), (creation, later) => {
        let state: EntityState | undefined;
        for (const [version, { ...rest }] of [creation, ...later].entries()) {
          const stored = { ...rest, stream: `${kind}-a1--x1`, version, position: version + 1 };
          state = applyEvent(projection, state, recordEvent(stored, upcasters));
        }
        expect(state!.version).toBe(later.length);
        const row = projection.row(state!);
        const text = (column: unknown) => column === null || typeof column === 'string';
        expect([text(row.parent), text(row.name), typeof row.order, typeof row.visible, typeof row.published]).toEqual([
          true,
          true,
          'string',
          'boolean',
          'boolean',
        ]);
        // As the read model stores it.
        expect(JSON.parse(JSON.stringify(state))).toMatchObject({ id: 'x1', version: later.length });
        built++;
      }),
      // Once found: an object that has no text.
      {
        numRuns,
        examples:
          creating[0] === undefined
            ? []
            : [[{ type: creating[0], payload: '{}', headers: '{}' }, own.map((type) => ({ type, payload: NO_TEXT, headers: '{}' }))]],
      },
    );
    expect(built).toBeGreaterThanOrEqual(numRuns);
  });
});
