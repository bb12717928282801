import { readFile } from 'node:fs/promises';
import type { AppState } from '@reprise/contracts';
import { recordEvent, upcastersByType, type StoredEvent } from '@reprise/event-store-core';
import { applyEvent } from '@reprise/read-models-core';
import unzipper from 'unzipper';
import { describe, expect, it } from 'vitest';
import { appProjection } from './app.projection.js';
import { mapWithout } from './maps.js';
import { appUpcasters } from './upcasters/index.js';

const archives = new URL('../../../../../fixtures/archives/', import.meta.url);
const upcasters = upcastersByType(appUpcasters);

interface EventFile {
  n: { t: string; s: string; p: string; h: Record<string, unknown> } | null;
  streamName: string;
  data: { type: string; payload: unknown; metadata: Record<string, unknown> };
}

/** The app's own events of an archive, as a log would hold them. */
async function appEvents(archive: string): Promise<StoredEvent[]> {
  const zip = await unzipper.Open.file(new URL(archive, archives).pathname);
  const events: StoredEvent[] = [];
  for (let number = 0; ; number++) {
    const entry = zip.files.find((file) => file.path === `events/${Math.floor(number / 1000)}/${number}.json`);
    if (!entry) return events;
    const { n, streamName, data } = JSON.parse((await entry.buffer()).toString('utf8')) as EventFile;
    const stream = n?.s ?? streamName;
    if (!stream.startsWith('app-')) continue;
    events.push({
      position: number + 1,
      stream,
      version: events.length,
      type: n?.t ?? data.type,
      payload: n?.p ?? JSON.stringify(data.payload),
      headers: JSON.stringify(n?.h ?? data.metadata),
    });
  }
}

function fold(events: readonly StoredEvent[]): AppState {
  let state: AppState | undefined;
  for (const event of events) state = applyEvent(appProjection, state, recordEvent(event, upcasters));
  if (!state) throw new Error('no app');
  return state;
}

let position = 0;
function event(type: string, payload: object): StoredEvent {
  position++;
  return {
    position,
    stream: 'app-1',
    version: position,
    type,
    payload: JSON.stringify({ ...payload, actor: 'client:root' }),
    headers: '{"Timestamp":"2025-01-01T00:00:00Z"}',
  };
}

const created = () => event('AppCreatedEvent', { name: 'shop' });

describe('an app built from an archive', () => {
  it('is what Squidex rebuilt, old event types included', async () => {
    const state = fold(await appEvents('old-types.zip'));
    const restored = JSON.parse(await readFile(new URL('old-types.restored.state.json', archives), 'utf8')) as { app: Record<string, AppState> };
    const expected = Object.values(restored.app)[0]!;
    // Squidex's restore gave other user ids, made its own user an owner, and so moved version and times; image tags are random.
    expect(Object.values(state.contributors)).toEqual(Object.values(mapWithout(expected.contributors, 'admin-id')));
    const theirs = { id: '', created: '', createdBy: '', lastModified: '', lastModifiedBy: '', version: 0, contributors: {}, image: null, plan: null };
    expect({ ...state, ...theirs }).toEqual({ ...expected, ...theirs });
    expect(state.plan?.planId).toBe(expected.plan?.planId);
    expect(state.image?.mimeType).toBe('image/png');
    expect(state.created).toBe(expected.created);
    expect(state.version).toBe(36);
  });

  it.each(['small', 'unicode'])('has the parts that Squidex shows for %s', async (name) => {
    const state = fold(await appEvents(`${name}.zip`));
    const { state: shown } = JSON.parse(await readFile(new URL(`${name}.restored.json`, archives), 'utf8')) as {
      state: {
        app: {
          Name: string;
          Label: string;
          clients: string[];
          languages: string[];
          roles: string[];
          workflows: string[];
          contributors: Record<string, string>;
        };
      };
    };
    expect(state.name).toBe(shown.app.Name);
    expect(state.label).toBe(shown.app.Label);
    expect(Object.keys(state.clients)).toEqual(shown.app.clients);
    expect(Object.keys(state.languages.languages)).toEqual(shown.app.languages);
    expect(Object.keys(state.roles)).toEqual(shown.app.roles);
    expect(Object.values(state.workflows).map((workflow) => workflow.name)).toEqual(shown.app.workflows);
    expect(Object.values(state.contributors)).toEqual(Object.values(mapWithout(shown.app.contributors, 'admin-id')));
  });

  it('is the same from the older event layout', async () => {
    const state = fold(await appEvents('small-v1.zip'));
    expect(Object.keys(state.clients)).toEqual(['default', 'mobile']);
    expect(state.clients['mobile']).toMatchObject({ name: 'Mobile', role: 'Reader', apiCallsLimit: 1000, allowAnonymous: true });
  });
});

describe('an app', () => {
  it('starts with English as its master language and nothing else', () => {
    expect(fold([created()])).toMatchObject({
      id: '1',
      name: 'shop',
      languages: { languages: { en: { fallback: [], isOptional: false } }, master: 'en' },
      clients: {},
    });
  });

  it('keeps its last language, and gives the master over when it goes', () => {
    const one = fold([created(), event('AppLanguageRemovedEvent', { language: 'en' })]);
    expect(one.languages.master).toBe('en');
    const german = fold([
      created(),
      event('AppLanguageAddedEvent', { language: 'de' }),
      event('AppLanguageUpdated', { language: 'de', isOptional: true, fallback: ['en'] }),
      event('AppLanguageRemovedEvent', { language: 'en' }),
    ]);
    expect(german.languages).toEqual({ languages: { de: { fallback: [], isOptional: false } }, master: 'de' });
  });

  it('forgets fallbacks to a language that is gone, and has no fallback for its master', () => {
    const app = fold([
      created(),
      event('AppLanguageAddedEvent', { language: 'de' }),
      event('AppLanguageAddedEvent', { language: 'it' }),
      event('AppLanguageUpdated', { language: 'de', isMaster: true, isOptional: true, fallback: ['it'] }),
      event('AppLanguageUpdated', { language: 'it', fallback: ['de', 'en', 'it'] }),
      event('AppLanguageRemovedEvent', { language: 'en' }),
    ]);
    expect(app.languages).toEqual({ languages: { de: { fallback: [], isOptional: false }, it: { fallback: ['de'], isOptional: false } }, master: 'de' });
  });

  it('reads older workflows, and keeps only those that it knows', () => {
    const workflow = { initial: 'Draft', name: 'Old', steps: { Draft: { noUpdate: true, transitions: { Published: { role: 'Owner' } } } } };
    const app = fold([created(), event('AppWorkflowUpdatedEvent', { workflowId: 'unknown', workflow }), event('AppWorkflowConfiguredEvent', { workflow })]);
    expect(app.workflows).toEqual({
      '00000000-0000-0000-0000-000000000000': {
        initial: 'Draft',
        name: 'Old',
        steps: {
          Draft: {
            noUpdateRules: { expression: null, roles: null },
            validate: false,
            color: null,
            transitions: { Published: { expression: null, roles: ['Owner'] } },
          },
        },
        schemaIds: [],
      },
    });
  });

  it('takes property names in any case and is not confused by odd payloads', () => {
    const app = fold([
      created(),
      event('appupdatedevent', { LABEL: 'Shop', Description: 7 }),
      event('AppSettingsUpdatedEvent', { settings: null }),
      event('AppClientAttachedEvent', { Id: '__proto__', secret: 's' }),
    ]);
    expect(app.label).toBe('Shop');
    expect(app.description).toBeNull();
    expect(Object.keys(app.clients)).toEqual(['__proto__']);
  });

  it('counts an event without effect in its version alone', () => {
    const before = fold([created()]);
    const after = applyEvent(appProjection, before, {
      ...recordEvent(event('AppClientRevokedEvent', { id: 'nobody' }), upcasters),
      timestamp: '2030-01-01T00:00:00Z',
    })!;
    expect(after).toEqual({ ...before, version: after.version });
    expect(after.version).toBeGreaterThan(before.version);
  });

  it('is deleted by its deletion and by the older archiving', () => {
    expect(fold([created(), event('AppDeletedEvent', { permanent: false })]).isDeleted).toBe(true);
    expect(fold([created(), event('AppArchivedEvent', {})]).isDeleted).toBe(true);
  });
});
