import { kindOfStream, sizeOf, type StoredEvent } from '@reprise/event-store-core';
import { newId } from '@reprise/kernel';
import type { Pieces } from '@reprise/mongodb';
import { keyOf, partsOf, type EventDocument } from './documents.js';

/** An event that is to be stored; it gets its position when it is committed. */
export type Draft = Omit<EventDocument, 'position'>;

/** What a document may hold, well below the 16 MB that MongoDB takes. */
export const MAX_DOCUMENT_BYTES = 12 * 1024 * 1024;
/** Payload and headers beyond are kept in pieces. */
export const LARGE = 4 * 1024 * 1024;
/** What an event takes beside its texts, roomily. */
const OVERHEAD = 256;

/** Bytes that the event takes within a document. */
export function weightOf(draft: Draft): number {
  return OVERHEAD + 2 * draft.key.length + (draft.pieces ? draft.type.length : draft.size);
}

/** Events as documents hold them. What is too large for a document is in pieces, of which the document says the owner. */
export class EventTexts {
  constructor(private readonly pieces: Pieces) {}

  /** With the largest texts moved into pieces where an event, or all of them together, are too large for a document. */
  async draft(appId: string, events: readonly Omit<StoredEvent, 'position'>[]): Promise<Draft[]> {
    const drafts = events.map(({ stream, version, type, payload, headers }): Draft => {
      return { key: keyOf(stream, version), kind: kindOfStream(stream), type, size: sizeOf({ type, payload, headers }), payload, headers };
    });
    let total = drafts.reduce((sum, draft) => sum + weightOf(draft), 0);
    const bySize = drafts.map((draft, i) => ({ draft, i })).sort((a, b) => b.draft.size - a.draft.size);
    for (const { draft, i } of bySize) {
      if (draft.size <= LARGE && total <= MAX_DOCUMENT_BYTES) break;
      drafts[i] = await this.spread(appId, draft);
      total += weightOf(drafts[i]) - weightOf(draft);
    }
    return drafts;
  }

  /** Undefined when its pieces are gone: the event was erased since its document was read. */
  async toEvent(document: EventDocument): Promise<StoredEvent | undefined> {
    return document.pieces ? this.gather(document) : inlineEvent(document);
  }

  /** Removes the pieces of drafts that were not committed. */
  async discard(drafts: readonly Draft[]): Promise<void> {
    await this.pieces.removeOwned(drafts.flatMap(({ pieces }) => (pieces ? [pieces.owner] : [])));
  }

  private async spread(app: string, { payload, headers, ...rest }: Draft): Promise<Draft> {
    const [first, second] = [Buffer.from(payload!), Buffer.from(headers!)];
    const owner = newId();
    await this.pieces.put({ app, about: rest.key, owner }, Buffer.concat([first, second]));
    return { ...rest, pieces: { owner, payload: first.length, headers: second.length } };
  }

  private async gather({ position, key, type, pieces }: EventDocument): Promise<StoredEvent | undefined> {
    const { owner, payload, headers } = pieces!;
    const bytes = await this.pieces.get(owner, payload + headers);
    if (!bytes) return undefined;
    const { stream, version } = partsOf(key);
    return { position, stream, version, type, payload: bytes.toString('utf8', 0, payload), headers: bytes.toString('utf8', payload) };
  }
}

export function inlineEvent({ position, key, type, payload, headers }: EventDocument): StoredEvent {
  const { stream, version } = partsOf(key);
  return { position, stream, version, type, payload: payload!, headers: headers! };
}
