import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProcessEntry {
  name: string;
  replica: number;
  /** Of the process that does the work. */
  pid: number;
  /** File that its output is in. */
  log: string;
}

export interface EngineEntry {
  name: string;
  pid: number;
  url: string;
  log: string;
}

/** `cluster.json` in the data folder: what runs right now. It is replaced by rename, so that a reader sees all of it, old or new. */
export class ClusterFile {
  private readonly processes = new Map<string, ProcessEntry>();
  private readonly engines = new Map<string, EngineEntry>();
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'cluster.json');
  }

  /** What a run before has left, which may be there still if that was killed. */
  left(): (ProcessEntry | EngineEntry)[] {
    try {
      const { processes, engines } = JSON.parse(readFileSync(this.file, 'utf8')) as { processes: ProcessEntry[]; engines: EngineEntry[] };
      return [...processes, ...engines];
    } catch {
      return [];
    }
  }

  showProcess(entry: ProcessEntry): void {
    this.processes.set(`${entry.name} ${entry.replica}`, entry);
    this.write();
  }

  showEngine(entry: EngineEntry): void {
    this.engines.set(entry.name, entry);
    this.write();
  }

  /** It has ended; another one may be shown in its place already. */
  hideProcess({ name, replica, pid }: ProcessEntry): void {
    if (this.processes.get(`${name} ${replica}`)?.pid !== pid) return;
    this.processes.delete(`${name} ${replica}`);
    this.write();
  }

  hideEngine({ name, pid }: EngineEntry): void {
    if (this.engines.get(name)?.pid !== pid) return;
    this.engines.delete(name);
    this.write();
  }

  /** Nothing runs any more. */
  clear(): void {
    this.processes.clear();
    this.engines.clear();
    this.write();
  }

  private write(): void {
    const content = { processes: [...this.processes.values()], engines: [...this.engines.values()] };
    writeFileSync(`${this.file}.new`, JSON.stringify(content, null, 2));
    renameSync(`${this.file}.new`, this.file);
  }
}
