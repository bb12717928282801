import { EventLogReader, type LogHead, type StoredEvent } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';

/** A log in memory; what other services do with it is not the subject here. */
export class MemoryLog extends EventLogReader {
  readonly apps = new Map<string, { events: (StoredEvent | undefined)[]; state: LogHead['state']; epoch: number }>();
  private readonly tombstones = new Set<string>();

  async head(appId: string): Promise<LogHead> {
    const app = this.apps.get(appId);
    return { position: app?.events.length ?? 0, epoch: app?.epoch ?? 0, state: app?.state ?? 'absent' };
  }
  async read(appId: string, { from, to, limit, kinds }: { from: number; to: number; limit: number; kinds?: readonly string[] }) {
    const end = Math.min(to, from + limit - 1, this.apps.get(appId)?.events.length ?? 0);
    const events = (this.apps.get(appId)?.events ?? []).slice(from - 1, end) as StoredEvent[];
    return { events: kinds ? events.filter((event) => kinds.includes(event.stream.split('-')[0]!)) : events, end: Math.max(end, from) };
  }
  /** As a restore stores them, in any order. One that comes late is refused. */
  import(appId: string, events: readonly StoredEvent[]): void {
    if (this.tombstones.has(appId)) throw new RepriseError('conflict', 'log.purged', 'The log was purged.');
    const app = this.apps.get(appId) ?? { events: [], state: 'importing' as const, epoch: 0 };
    this.apps.set(appId, app);
    for (const event of events) app.events[event.position - 1] = event;
  }

  /** Leaves a tombstone: a worker that was told to go on just before may still be at it. */
  purge(appId: string): void {
    this.tombstones.add(appId);
    this.apps.delete(appId);
  }

  open(appId: string): number {
    const app = this.apps.get(appId)!;
    app.state = 'open';
    return app.events.length;
  }

  async readStream(): Promise<StoredEvent[]> {
    return [];
  }
  async blockSizes(appId: string, to: number): Promise<number[]> {
    return Array.from({ length: Math.ceil(to / 1_000) }, () => 1_000_000);
  }
  async countTypes(appId: string, { from, to, kinds }: { from: number; to: number; kinds: readonly string[] }): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const { events } = await this.read(appId, { from, to, limit: to, kinds });
    for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
    return counts;
  }
}
