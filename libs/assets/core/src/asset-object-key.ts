import type { StoredEvent } from '@reprise/event-store-core';

export interface AssetFileEvent {
  /** The event came by a restore. */
  restored: boolean;
  position: number;
  eventId?: string | undefined;
}

/**
 * Where the file of an AssetCreated or AssetUpdated event lies: a pure function of the event, so that no table has to map files and
 * none can be lost. A restored event keeps the event id of its archive, which may stand in several apps and twice in one: there the
 * position names the file. An upload's id becomes the id of the event that takes it up.
 */
export function assetObjectKey(appId: string, event: AssetFileEvent): string {
  return event.restored || event.eventId === undefined ? `${appId}/@${event.position}` : uploadKey(appId, event.eventId);
}

/** Of an event as the log holds it. */
export function assetObjectKeyOf(appId: string, { position, headers }: Pick<StoredEvent, 'position' | 'headers'>): string {
  const { Restored: restored, EventId: eventId } = JSON.parse(headers) as Record<string, unknown>;
  return assetObjectKey(appId, { restored: restored === true, position, eventId: typeof eventId === 'string' ? eventId : undefined });
}

export function uploadKey(appId: string, uploadId: string): string {
  return `${appId}/${uploadId}`;
}

/** All files of an app. */
export function assetObjectsOf(appId: string): string {
  return `${appId}/`;
}
