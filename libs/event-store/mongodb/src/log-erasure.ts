import { isRedacted, logNotOpen, REDACTED, sizeOf } from '@reprise/event-store-core';
import type { mongo, Pieces } from '@reprise/mongodb';
import type { Commits, Holding } from './commits.js';
import type { CommitDocument, EventDocument } from './documents.js';
import { LARGE, type EventTexts } from './event-texts.js';
import type { Heads } from './heads.js';
import type { Logs } from './logs.js';

/** No append takes as long, however far clocks are apart. */
const ORPHANED_AFTER_MS = 24 * 60 * 60 * 1000;

/** What takes events out of a log. */
export class LogErasure {
  constructor(
    private readonly logs: Logs,
    private readonly commits: Commits,
    private readonly heads: Heads,
    private readonly texts: EventTexts,
    private readonly pieces: Pieces,
  ) {}

  /**
   * The epoch goes up last, and the intent is noted first. Were it to go up first, a backup that begins in between would read events that are still
   * there under the new epoch, and nothing would ever tell that its fragments hold them. As it goes up last, whatever was read before an
   * event was gone was read under the old epoch, and is made again or dropped. And were the intent not noted, a redaction that was cut short
   * after its last event would find nothing to do when it is repeated, and the epoch would never go up.
   */
  async redact(appId: string, stream: string): Promise<void> {
    const log = await this.logs.find(appId);
    if (!log) return;
    if (log.state !== 'open') throw logNotOpen(appId, log.state);
    const wanted = new Set(log.redacting);
    if ((await this.commits.ofStream(appId, stream, 0)).some(({ events }) => events.some(isLeft))) {
      await this.logs.beginRedaction(appId, stream);
      wanted.add(stream);
    }
    // Also what others have begun and not ended.
    for (const begun of wanted) {
      await this.redactNow(appId, begun);
      await this.logs.endRedaction(appId, begun);
    }
  }

  /**
   * The tombstone first: from then on no call begins to write. One that had begun looks at the state again when it has written, and takes back what
   * it wrote. So what is left for a later call is only the work of a process that died in between, in a log that nobody reads.
   */
  async purge(appId: string): Promise<void> {
    await this.logs.entomb(appId);
    await this.commits.removeAll(appId);
    await this.pieces.removeAll(appId);
    this.heads.forget(appId);
  }

  /** What processes left behind that died at the wrong moment: documents of purged logs, pieces that no event came for. */
  async sweep(): Promise<void> {
    for await (const appId of this.logs.purged()) {
      await this.commits.removeAll(appId);
      await this.pieces.removeAll(appId);
    }
    for await (const { app, about, owner } of this.pieces.olderThan(ORPHANED_AFTER_MS)) {
      if ((await this.commits.ownerAt(app, about)) !== owner) await this.pieces.removeOwned([owner]);
    }
  }

  private async redactNow(appId: string, stream: string): Promise<void> {
    for (;;) {
      const holding = await this.commits.ofStream(appId, stream, 0);
      const open = holding.filter(({ events }) => events.some(isLeft));
      if (open.length === 0) {
        // By their keys: those whose document was changed by an attempt that was cut short are gone, too. A key of an event that is there can't be another's.
        await this.pieces.removeAbout(
          appId,
          holding.flatMap(({ events }) => events.map(({ key }) => key)),
        );
        return;
      }
      // One that another redaction has changed meanwhile is looked at again.
      for (const document of open) await this.commits.change(document._id, document.revision, await this.redaction(document));
    }
  }

  /** Each event by its place in the document, which never changes. */
  private async redaction({ first, events }: Holding): Promise<mongo.UpdateFilter<CommitDocument>> {
    const set: Record<string, unknown> = {};
    const unset: Record<string, true> = {};
    let freed = 0;
    for (const event of events.filter(isLeft)) {
      const at = `events.${event.position - first}`;
      const headers = await this.headersOf(event);
      const size = sizeOf({ ...REDACTED, headers });
      for (const [part, value] of Object.entries({ ...REDACTED, headers, size })) set[`${at}.${part}`] = value;
      if (event.pieces) unset[`${at}.pieces`] = true;
      freed += event.size - size;
    }
    return { $set: set, ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}), $inc: { bytes: -freed } };
  }

  private async headersOf(event: EventDocument): Promise<string> {
    const headers = event.pieces ? (await this.texts.toEvent(event))?.headers : event.headers;
    // Headers of megabytes would not fit into the document; nobody has such.
    return headers !== undefined && headers.length <= LARGE ? headers : '{}';
  }
}

function isLeft(event: EventDocument): boolean {
  return !isRedacted({ type: event.type, payload: event.payload ?? '' });
}
