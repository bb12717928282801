import type { AppendCommand, AppendResult, AppRef, EntityState } from '@reprise/contracts';
import { newEvent } from '@reprise/event-store-core';
import type { EventLogReader } from '@reprise/event-store-core';
import { afterEffect, hasCode, newId, RepriseError } from '@reprise/kernel';
import type { Clock } from '@reprise/kernel';
import { derivedId } from './derived-id.js';
import { KeyedLock } from './keyed-lock.js';
import { streamOf } from './projection.js';
import type { Projector } from './projector.js';

const ATTEMPTS = 5;

/** What a decision writes: the event's own properties, in the order in which Squidex writes them. */
export interface DecidedEvent {
  type: string;
  payload: Record<string, unknown>;
  /** Where something else is named by the event's id (an uploaded file); made anew if absent. */
  eventId?: string;
}

/** One command to one object of an app. */
export interface ObjectCommand<State extends EntityState> {
  app: AppRef;
  actor: string;
  /** Idempotency key of the caller: the same key gives the same effect on this object, once. */
  key?: string | undefined;
  /** Kind of the object's stream: `app`, `content`, … */
  kind: string;
  /** The object; for kind `app` the app's own id. */
  id: string;
  /** Stream kinds that the decision rests on beside the object itself: it is made again when one of them moved meanwhile. */
  condition?: readonly string[];
  /**
   * Says what happens, or throws why it can't. The state is current, `undefined` for an object that never was; whatever else it reads
   * from the read model is at least at `position`. May run several times. No event: no effect.
   */
  decide(state: State | undefined, seen: { position: number }): readonly DecidedEvent[] | Promise<readonly DecidedEvent[]>;
}

export interface CommandResult<State> {
  /** The object with the command's effect, and perhaps with later ones. */
  state: State;
  /** False where nothing was written, now or by an earlier command of the same key. */
  changed: boolean;
}

export interface CommandRunnerParts {
  projector: Projector;
  reader: EventLogReader;
  clock: Clock;
  /** The way to the log's only writer: `(command) => bus.request(appendEvents, command)`. */
  append: (command: AppendCommand) => Promise<AppendResult>;
}

/** The one way to change an object: catch up, decide on the current state, append on condition, show the effect, answer. */
export class CommandRunner {
  private readonly lock = new KeyedLock();

  constructor(private readonly parts: CommandRunnerParts) {}

  /**
   * Errors: what `decide` throws; `log.version-conflict` or `log.condition-failed` when others were quicker five times; `commands.outcome-unknown` when
   * it was written, and then could not be shown.
   */
  run<State extends EntityState>(command: ObjectCommand<State>): Promise<CommandResult<State>> {
    const stream = streamOf(command.app.id, command.kind, command.id);
    // Within the process nobody has to lose against another command to the same object.
    return this.lock.run(stream, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          // One that lost runs alone in its app from then on, so that a crowd gets through one by one.
          if (attempt === 1) return await this.attempt(command, stream);
          return await this.lock.run(command.app.id, () => this.attempt(command, stream));
        } catch (error) {
          const lost = hasCode(error, 'log.version-conflict') || hasCode(error, 'log.condition-failed');
          if (!lost || attempt === ATTEMPTS) throw error;
        }
      }
    });
  }

  private async attempt<State extends EntityState>(command: ObjectCommand<State>, stream: string): Promise<CommandResult<State>> {
    const { app, kind, id, key, condition } = command;
    const { projector } = this.parts;
    const position = await projector.catchUp(app.id);
    const state = await projector.state<State>(app.id, kind, id);
    const commitId = key === undefined ? newId() : derivedId(app.id, stream, key);

    let events: readonly DecidedEvent[];
    try {
      events = await command.decide(state, { position });
    } catch (error) {
      // 'Exists already' may be the first run of this very command.
      if (key !== undefined && state && (await this.wasCommitted(app.id, stream, commitId))) return { state, changed: true };
      throw error;
    }
    if (events.length === 0) {
      if (!state) throw new RepriseError('internal', 'commands.no-object', `A command to ${kind} '${id}' neither found nor made it.`);
      return { state, changed: key !== undefined && (await this.wasCommitted(app.id, stream, commitId)) };
    }

    const timestamp = this.parts.clock.now();
    const aggregateId = kind === 'app' ? app.id : `${app.id}--${id}`;
    await this.parts.append({
      appId: app.id,
      commitKey: commitId,
      stream,
      expectedVersion: state?.version ?? (await this.lastVersion(app.id, stream)),
      events: events.map(({ type, payload, eventId = newId() }) =>
        newEvent({ type, payload, app, actor: command.actor, eventId, commitId, aggregateId, timestamp }),
      ),
      ...(condition ? { condition: { position, kinds: [...condition] } } : {}),
    });
    const after = await afterEffect(async () => {
      await projector.catchUp(app.id);
      return projector.state<State>(app.id, kind, id);
    });
    if (!after) throw new RepriseError('internal', 'commands.no-object', `The events of ${kind} '${id}' were written, but the read model doesn't show it.`);
    return { state: after, changed: true };
  }

  /** A stream may hold events and yet no object: of an erased one, or of types that nobody knows here. */
  private async lastVersion(appId: string, stream: string): Promise<number> {
    return (await this.parts.reader.readStream(appId, stream)).at(-1)?.version ?? -1;
  }

  private async wasCommitted(appId: string, stream: string, commitId: string): Promise<boolean> {
    const events = await this.parts.reader.readStream(appId, stream);
    return events.some((event) => (JSON.parse(event.headers) as Record<string, unknown>)['CommitId'] === commitId);
  }
}
