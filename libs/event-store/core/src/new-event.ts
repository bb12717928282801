import type { NewEvent } from '@reprise/contracts';
import { toNetJson } from '@reprise/json-text';
import { instantOfSeconds } from '@reprise/kernel';

export interface NewEventParts {
  type: string;
  /** The event's own properties, in the order in which Squidex writes them; those of every event are added behind. */
  payload: Record<string, unknown>;
  app: { id: string; name: string };
  actor: string;
  eventId: string;
  /** All events of one command share it. */
  commitId: string;
  /** `appId` or `appId--entityId`. */
  aggregateId: string;
  timestamp: Date;
}

/** An event of ours in Squidex's form. Position and stream version are added to the headers on export, where they are known. */
export function newEvent(parts: NewEventParts): NewEvent {
  return {
    type: parts.type,
    payload: toNetJson({ ...parts.payload, appId: `${parts.app.id},${parts.app.name}`, actor: parts.actor, fromRule: false }),
    headers: toNetJson({
      EventId: parts.eventId,
      Timestamp: instantOfSeconds(parts.timestamp),
      AggregateId: parts.aggregateId,
      CommitId: parts.commitId,
    }),
  };
}
