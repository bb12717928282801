import { readFile } from 'node:fs/promises';
import type { EntityState } from '@reprise/contracts';
import { kindOfStream, recordEvent, upcastersByType } from '@reprise/event-store-core';
import type { StoredEvent } from '@reprise/event-store-core';
import { rawMember } from '@reprise/json-text';
import { applyEvent } from '@reprise/read-models-core';
import type { Projection } from '@reprise/read-models-core';
import unzipper from 'unzipper';
import { contentsUpcasters } from '../upcasters.js';

const fixtures = new URL('../../../../../fixtures/', import.meta.url);
const upcasters = upcastersByType(contentsUpcasters);

export async function readFixture<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(new URL(file, fixtures), 'utf8')) as T;
}

/** The events of an archive as a log holds them: V1 and V2, payloads as the text that they came as. */
export async function archivedEvents(archive: string): Promise<StoredEvent[]> {
  const zip = await unzipper.Open.file(new URL(`archives/${archive}.zip`, fixtures).pathname);
  const files = new Map(zip.files.map((file) => [file.path, file]));
  const versions = new Map<string, number>();
  const events: StoredEvent[] = [];
  for (;;) {
    const file = files.get(`events/${Math.floor(events.length / 1000)}/${events.length}.json`);
    if (!file) return events;
    const { stream, ...event } = parse((await file.buffer()).toString('utf8'));
    const version = (versions.get(stream) ?? -1) + 1;
    versions.set(stream, version);
    events.push({ ...event, stream, version, position: events.length + 1 });
  }
}

function parse(text: string): Pick<StoredEvent, 'type' | 'stream' | 'payload' | 'headers'> {
  const file = JSON.parse(text) as { n?: { t: string; s: string; p: string; h: object }; streamName: string; data: { type: string; metadata: object } };
  if (file.n) return { type: file.n.t, stream: file.n.s, payload: file.n.p, headers: JSON.stringify(file.n.h) };
  const payload = rawMember(rawMember(text, 'data')!, 'payload')!;
  return { type: file.data.type, stream: file.streamName, payload, headers: JSON.stringify(file.data.metadata) };
}

/** What the events lead to, by id. */
export function fold<State extends EntityState>(projection: Projection<State>, events: readonly StoredEvent[]): Map<string, State> {
  const states = new Map<string, State>();
  for (const event of events) {
    if (kindOfStream(event.stream) !== projection.kind) continue;
    const state = applyEvent(projection, states.get(event.stream), recordEvent(event, upcasters));
    if (state) states.set(event.stream, state);
  }
  return new Map([...states.values()].map((state) => [state.id, state]));
}
