import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { logNotOpen } from '@reprise/event-store-core';
import { hasCode, isRepriseError, newId, RepriseError } from '@reprise/kernel';
import type { mongo, MongoDatabase } from '@reprise/mongodb';
import { commitOf, type Commits } from './commits.js';
import type { LogDocument } from './documents.js';
import { MAX_DOCUMENT_BYTES, weightOf } from './event-texts.js';
import { keysToLookUp, planGroup, type Candidate, type Known, type Outcome } from './group-plan.js';
import { isLate, type Heads } from './heads.js';
import type { Logs } from './logs.js';

/** Whoever comes later waits for one commit of this size at most. */
const MAX_COMMANDS = 500;
/** Between processes that write to one app, each time one of them gets on; far fewer are needed where one replica serves an app. */
const ATTEMPTS = 30;
const LONGEST_PAUSE_MS = 100;
/** Positions before the head that conditions are usually about. */
const RECENT = 500;

/** An open log, or none yet, and where it ends. */
interface Standing {
  log: LogDocument | undefined;
  head: number;
  /** What is behind this position is known without asking: nobody but this process has written since. */
  since: number;
  /** The last position of each kind of events behind it. */
  latest: ReadonlyMap<string, number>;
}

interface Done {
  outcomes: Outcome[];
  standing: Standing;
}

interface Waiting extends Candidate {
  resolve: (result: AppendResult) => void;
  reject: (error: unknown) => void;
}

/**
 * Commits what callers append at the same time together, one group after the other for each app. Other processes may do the same: a position
 * is taken by one of them alone, and the others look again and decide again.
 */
export class GroupCommitter {
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly database: MongoDatabase,
    private readonly logs: Logs,
    private readonly commits: Commits,
    private readonly heads: Heads,
  ) {}

  /** Durable when it resolves. */
  append(candidate: Candidate): Promise<AppendResult> {
    const { promise, resolve, reject } = Promise.withResolvers<AppendResult>();
    const { appId } = candidate.command;
    const queue = this.queues.get(appId);
    const waiting = { ...candidate, resolve, reject };
    if (queue) queue.push(waiting);
    else {
      const started = [waiting];
      this.queues.set(appId, started);
      // A session that can't be ended is the server's to forget: every caller has his answer by then.
      this.work(appId, started).catch(() => undefined);
    }
    return promise;
  }

  private async work(appId: string, queue: Waiting[]): Promise<void> {
    await this.database.inOrder(async (session) => {
      let standing: Standing | undefined;
      for (;;) {
        // Callers of the same moment share a commit, and those who have been answered may come again.
        await nextTurn();
        if (queue.length === 0) break;
        const group = takeGroup(queue);
        try {
          const done = await this.commit(appId, group, session, standing);
          standing = done.standing;
          group.forEach(({ resolve, reject }, i) => {
            const outcome = done.outcomes[i]!;
            if (isRepriseError(outcome)) reject(outcome);
            else resolve(outcome);
          });
        } catch (error) {
          standing = undefined;
          for (const { reject } of group) reject(error);
        }
      }
      this.queues.delete(appId);
    });
  }

  private async commit(appId: string, group: readonly Candidate[], session: mongo.ClientSession, known: Standing | undefined): Promise<Done> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // What a commit of ours has left, the first time; what the database says, when that wasn't true any more.
      const done = await this.attempt(appId, group, session, (attempt === 1 && known) || (await this.look(appId, session)));
      if (done) return done;
      await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
    }
    throw new RepriseError('unavailable', 'log.busy', `Other processes write to the log of app ${appId} all the time. Try again.`);
  }

  /** Undefined when another process was quicker. */
  private async attempt(appId: string, group: readonly Candidate[], session: mongo.ClientSession, standing: Standing): Promise<Done | undefined> {
    const { log, head } = standing;
    // What is looked up is at this head or ahead of it. If it is ahead, the position behind the head is taken, and nothing is committed.
    const { outcomes, events, commits } = planGroup(group, await this.lookUp(appId, group, standing, session));
    // One of those refused may have been committed by another process between two look-ups, and be in its own way.
    const refused = group.filter((_, i) => isRepriseError(outcomes[i]));
    if (refused.length > 0 && (await this.results(appId, refused, session)).size > 0) return undefined;
    if (events.length === 0) return { outcomes, standing };

    if (!log) mustBeOpen(await this.logs.create({ _id: appId, state: 'open', holder: null }));
    const document = commitOf(newId(), appId, events, { commits, imported: false });
    if (!(await this.commits.insert(document, session))) {
      if (log) await this.removeLate(log, head);
      return undefined;
    }
    // The app may have been purged since its state was read. What came after the tombstone must not stay.
    try {
      const latest = new Map(standing.latest);
      for (const { kind, position } of events) latest.set(kind, position);
      return { outcomes, standing: { ...standing, log: await this.openLog(appId, session), head: document.last, latest } };
    } catch (error) {
      if (hasCode(error, 'log.not-open')) await this.commits.remove([document._id]);
      throw error;
    }
  }

  private async look(appId: string, session: mongo.ClientSession): Promise<Standing> {
    const log = await this.openLog(appId, session);
    const head = log ? await this.heads.of(log, session) : 0;
    return { log, head, since: head, latest: new Map() };
  }

  private async openLog(appId: string, session: mongo.ClientSession): Promise<LogDocument | undefined> {
    const log = await this.logs.find(appId, session);
    if (log) mustBeOpen(log);
    return log;
  }

  private async lookUp(appId: string, group: readonly Candidate[], standing: Standing, session: mongo.ClientSession): Promise<Known> {
    const commands = group.map(({ command }) => command);
    const [keys, commits, overtaken] = await Promise.all([
      this.commits.takenKeys(appId, commands.flatMap(keysToLookUp), session),
      this.results(appId, group, session),
      this.overtaken(appId, commands, standing, session),
    ]);
    return { head: standing.head, keys, commits, overtaken };
  }

  private results(app: string, group: readonly Candidate[], session: mongo.ClientSession): Promise<Map<string, AppendResult>> {
    const keys = group.map(({ command }) => command.commitKey);
    return this.commits.results(app, keys, session);
  }

  private async overtaken(app: string, commands: readonly AppendCommand[], standing: Standing, session: mongo.ClientSession): Promise<Known['overtaken']> {
    const { head, since, latest } = standing;
    const overtaken = new Set<AppendCommand>();
    const recent: AppendCommand[] = [];
    const asked = new Map<string, Promise<boolean>>();
    for (const command of commands) {
      const { condition } = command;
      if (!condition || condition.kinds.length === 0) continue;
      if (isOvertaken(condition, latest)) overtaken.add(command);
      else if (condition.position >= since) continue;
      else if (condition.position >= head - RECENT) recent.push(command);
      else {
        const question = JSON.stringify(condition);
        if (!asked.has(question)) asked.set(question, this.commits.anySince(app, condition, session));
        if (await asked.get(question)) overtaken.add(command);
      }
    }
    if (recent.length === 0) return overtaken;
    // Callers have seen different positions, but all not long ago: one query answers them all.
    const before = await this.commits.latestOfKinds(app, Math.min(...recent.map(({ condition }) => condition!.position)), session);
    for (const command of recent) if (isOvertaken(command.condition!, before)) overtaken.add(command);
    return overtaken;
  }

  /** What an import left behind the head, whose process ended before it could take it back, would keep the log from ever going on. */
  private async removeLate(log: LogDocument, head: number): Promise<void> {
    if (log.importedTo === undefined) return;
    for await (const extent of this.commits.extents(log._id, head + 1)) {
      if (isLate(log, extent)) await this.commits.documents.deleteOne({ app: log._id, first: extent.first, imported: true });
    }
  }
}

function isOvertaken({ position, kinds }: NonNullable<AppendCommand['condition']>, latest: ReadonlyMap<string, number>): boolean {
  return kinds.some((kind) => (latest.get(kind) ?? 0) > position);
}

function mustBeOpen({ _id, state }: LogDocument): void {
  if (state !== 'open') throw logNotOpen(_id, state);
}

/** From the front of the queue, as much as goes into one document. */
function takeGroup(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && count < MAX_COMMANDS) {
    bytes += queue[count]!.drafts.reduce((sum, draft) => sum + weightOf(draft), 0);
    if (count > 0 && bytes > MAX_DOCUMENT_BYTES) break;
    count++;
  }
  return queue.splice(0, count);
}
