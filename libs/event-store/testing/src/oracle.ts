import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { kindOfStream, type StoredEvent } from '@reprise/event-store-core';

export interface Attempt {
  command: AppendCommand;
  outcome: AppendResult | { code: string };
}

/** The log as the simplest program keeps it: one array, each rule a line. Says in which order commands would have to be taken. */
export class Oracle {
  readonly events: StoredEvent[] = [];
  private readonly versions = new Map<string, number>();

  /** The code that the command is refused with right now; undefined when it has to be taken. */
  refusal({ stream, expectedVersion, condition }: AppendCommand): string | undefined {
    if ((this.versions.get(stream) ?? -1) !== expectedVersion) return 'log.version-conflict';
    const overtaken = condition && this.events.slice(condition.position).some((event) => condition.kinds.includes(kindOfStream(event.stream)));
    return overtaken ? 'log.condition-failed' : undefined;
  }

  take({ stream, expectedVersion, events }: AppendCommand): AppendResult {
    const from = this.events.length + 1;
    events.forEach((event, i) => this.events.push({ ...event, stream, version: expectedVersion + 1 + i, position: from + i }));
    const version = expectedVersion + events.length;
    this.versions.set(stream, version);
    return { from, to: this.events.length, version };
  }
}
