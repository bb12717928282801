import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '@reprise/event-store-core';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, truthOf } from './support/fixtures.js';
import { backUp, restore, startStandalone } from './support/standalone.js';
import { openStores } from './support/stores/index.js';
import { attachmentJson, readZip } from '@reprise/backup-testing';

interface Stored {
  StreamName: string;
  EventStreamNumber: number;
  type: string;
  headers: Record<string, unknown>;
  payload: unknown;
}

interface Reference {
  state: { app: { id: string } };
  users: { Id: string; Email: string }[];
}

/** Headers that a restore gives anew, each system in its own way. */
const OWN = ['CommitId', 'EventNumber', 'EventStreamNumber'];

describe("What is stored of Squidex's archive", () => {
  let dataDir: string;
  let server: ServerProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-e2e-'));
    // Under the address that the archives come from, as in the references.
    server = await startStandalone({ dataDir, env: { REPRISE_BASE_URL: 'https://cms.example.com' } });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true });
  });

  it.each(['small', 'unicode'])("%s is what Squidex's own restore stores", async (name) => {
    const job = await restore(server.client, fixture(`${name}.zip`));
    expect(job.appName).toBe(truthOf(name).appName);
    const { archive } = await backUp(server, job.appName!);

    const users = attachmentJson<Record<string, string>>(await readZip(archive), 'users.json');
    const theirs = reference(name, job.appId!, new Map(Object.entries(users).map(([id, email]) => [email, id])));
    const ours = (await storedEvents(dataDir, job.appId!)).map(({ stream, version, type, headers, payload }): Stored => {
      return { StreamName: stream, EventStreamNumber: version, type, headers: JSON.parse(headers), payload: JSON.parse(payload) };
    });
    expect(ours.length).toBe(theirs.length);
    const without = ({ headers, ...event }: Stored) => ({
      ...event,
      headers: Object.fromEntries(Object.entries(headers).filter(([header]) => !OWN.includes(header))),
    });
    ours.forEach((event, i) => expect(without(event)).toEqual(without(theirs[i]!)));
  });
});

function reference(name: string, appId: string, idOf: Map<string, string>): Stored[] {
  const { state, users } = JSON.parse(readFileSync(fixture(`${name}.restored.json`), 'utf8')) as Reference;
  let lines = readFileSync(fixture(`${name}.restored.events.jsonl`), 'utf8').replaceAll(state.app.id, appId);
  for (const { Id, Email } of users) lines = lines.replaceAll(Id, idOf.get(Email) ?? Id);
  const events = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Stored);
  // A person who restores becomes Owner by one more event; we restore as a client.
  expect(events.pop()).toMatchObject({ type: 'AppContributorAssignedEventV2', payload: { contributorId: 'admin-id' } });
  return events;
}

async function storedEvents(dataDir: string, appId: string): Promise<StoredEvent[]> {
  const stores = await openStores(dataDir);
  const { log } = stores;
  try {
    const { position } = await log.head(appId);
    const { events, end } = await log.read(appId, { from: 1, to: position, limit: 10_000 });
    expect(end).toBe(position);
    return events;
  } finally {
    await stores.close();
  }
}
