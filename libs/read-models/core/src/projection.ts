import type { EntityState } from '@reprise/contracts';
import type { RecordedEvent } from '@reprise/event-store-core';
import type { ReadRow } from './read-model-store.js';

/** What makes an object: everything but what each object has (see {@link EntityState}), which `applyEvent` adds. */
export interface CreatingReducer<State extends EntityState> {
  type: string;
  create(event: RecordedEvent, id: string): Omit<State, keyof EntityState>;
}

/** What an event does to an object that exists. Returns the very same state where it has no effect. */
export interface ChangingReducer<State extends EntityState> {
  type: string;
  change(state: State, event: RecordedEvent): State;
}

/** One event type, one small file. Pure, the same live and at rebuild; never throws for an odd payload of a genuine archive. */
export type Reducer<State extends EntityState> = CreatingReducer<State> | ChangingReducer<State>;

/** How one kind of object is built from its stream and shown in the read model. */
export interface Projection<State extends EntityState> {
  /** The stream's kind: `content` for `content-{appId}--{id}`. */
  kind: string;
  /** By type in lower case; made by {@link reducersByType}. */
  reducers: ReadonlyMap<string, Reducer<State>>;
  row(state: State): Pick<ReadRow, 'parent' | 'name' | 'order' | 'visible' | 'published'>;
  /** Fields of the state that tell where something lies in this installation, not what the app is: two copies of an app differ in them. */
  ofInstallation?: readonly string[];
}

export function reducersByType<State extends EntityState>(reducers: readonly Reducer<State>[]): ReadonlyMap<string, Reducer<State>> {
  return new Map(reducers.map((reducer) => [reducer.type.toLowerCase(), reducer]));
}

/** `{id}` of `kind-{appId}--{id}`, or the app's id for `app-{appId}`. */
export function entityIdOfStream(stream: string): string {
  const dashes = stream.indexOf('--');
  return dashes < 0 ? stream.slice(stream.indexOf('-') + 1) : stream.slice(dashes + 2);
}

/** `app-{appId}`, or `kind-{appId}--{id}` for everything else. */
export function streamOf(appId: string, kind: string, id: string): string {
  return kind === 'app' ? `app-${appId}` : `${kind}-${appId}--${id}`;
}

/**
 * The state after an event. The version counts every event of the stream; the times and actors only move with an event that
 * has an effect. An event before the object exists, or one that would create it while it lives, has none; a deleted one may be
 * created again under its id.
 */
export function applyEvent<State extends EntityState>(projection: Projection<State>, state: State | undefined, event: RecordedEvent): State | undefined {
  const reducer = projection.reducers.get(event.type.toLowerCase());
  const actor = typeof event.payload['actor'] === 'string' ? event.payload['actor'] : '';
  if (reducer && 'create' in reducer && (!state || state.isDeleted)) {
    const id = entityIdOfStream(event.stream);
    const base: EntityState = {
      id,
      version: event.version,
      isDeleted: false,
      created: event.timestamp,
      createdBy: actor,
      lastModified: event.timestamp,
      lastModifiedBy: actor,
    };
    return { ...reducer.create(event, id), ...base } as State;
  }
  if (!state) return undefined;
  const next = reducer && 'change' in reducer ? reducer.change(state, event) : state;
  if (next === state) return { ...state, version: event.version };
  return { ...next, version: event.version, lastModified: event.timestamp, lastModifiedBy: actor };
}
