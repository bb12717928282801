import type { EntityState } from '@reprise/contracts';
import { newEvent } from '@reprise/event-store-core';
import type { StoredEvent } from '@reprise/event-store-core';
import { reducersByType } from '../projection.js';
import type { Projection } from '../projection.js';

export interface NoteState extends EntityState {
  lines: string[];
}

/** A kind of object that is made, gets lines, and is deleted. */
export const noteProjection: Projection<NoteState> = {
  kind: 'note',
  reducers: reducersByType<NoteState>([
    { type: 'NoteCreated', create: ({ payload }) => ({ lines: [String(payload['line'])] }) },
    { type: 'LineAdded', change: (state, { payload }) => ({ ...state, lines: [...state.lines, String(payload['line'])] }) },
    { type: 'NoteDeleted', change: (state) => ({ ...state, isDeleted: true }) },
  ]),
  row: (state) => ({ parent: null, name: state.lines[0] ?? null, order: state.id, visible: !state.isDeleted, published: true }),
};

export const app = { id: 'a1', name: 'shop' };

export function note(id: string, position: number, version: number, type: string, line = ''): StoredEvent {
  const timestamp = new Date(Date.UTC(2024, 0, 1, 0, 0, position));
  const event = newEvent({ type, payload: { line }, app, actor: 'client:a', eventId: `e${position}`, commitId: 'c', aggregateId: `a1--${id}`, timestamp });
  return { ...event, stream: `note-a1--${id}`, position, version };
}
