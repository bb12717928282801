import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import type { LogHead, StoredEvent } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';

/** The log of one app in an array, with the appends' rules: enough to watch who reads and who loses. */
export class SmallLog extends EventLogReader {
  readonly events: StoredEvent[] = [];
  readonly reads: { from: number; to: number }[] = [];
  state: LogHead['state'] = 'open';
  private readonly commits = new Map<string, AppendResult>();

  async head(): Promise<LogHead> {
    return { position: this.events.length, epoch: 0, state: this.state };
  }

  async read(_appId: string, range: { from: number; to: number; limit: number; kinds?: readonly string[] }): Promise<{ events: StoredEvent[]; end: number }> {
    this.reads.push({ from: range.from, to: range.to });
    const events = this.events.slice(range.from - 1, Math.min(range.to, range.from - 1 + range.limit));
    return { events: events.filter(({ stream }) => !range.kinds || range.kinds.includes(stream.split('-')[0]!)), end: range.from - 1 + events.length };
  }

  async readStream(_appId: string, stream: string, fromVersion = 0): Promise<StoredEvent[]> {
    return this.events.filter((event) => event.stream === stream && event.version >= fromVersion);
  }

  async blockSizes(): Promise<number[]> {
    return [];
  }

  async countTypes(): Promise<Map<string, number>> {
    return new Map();
  }

  async append(command: AppendCommand): Promise<AppendResult> {
    const done = this.commits.get(command.commitKey);
    if (done) return done;
    const last = this.events.findLast(({ stream }) => stream === command.stream)?.version ?? -1;
    if (last !== command.expectedVersion) throw new RepriseError('conflict', 'log.version-conflict', `The stream is at ${last}.`);
    const { condition } = command;
    if (condition && this.events.slice(condition.position).some(({ stream }) => condition.kinds.includes(stream.split('-')[0]!))) {
      throw new RepriseError('conflict', 'log.condition-failed', 'Something came in between.');
    }
    for (const [index, event] of command.events.entries()) {
      this.events.push({ ...event, stream: command.stream, version: last + 1 + index, position: this.events.length + 1 });
    }
    const to = this.events.length;
    const result = { from: to - command.events.length + 1, to, version: last + command.events.length };
    this.commits.set(command.commitKey, result);
    return result;
  }
}
