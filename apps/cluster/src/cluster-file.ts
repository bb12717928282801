import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@reprise/kernel';

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

const TRY_AGAIN_MS = 1_000;

/**
 * `cluster.json` in the data folder: what runs right now. It is replaced by rename, so that a reader sees all of it, old or new. Where it can't be
 * written (a full disk) nothing else suffers: it is tried again until it is true.
 */
export class ClusterFile {
  private readonly processes = new Map<string, ProcessEntry>();
  private readonly engines = new Map<string, EngineEntry>();
  private readonly file: string;
  private again: NodeJS.Timeout | undefined;

  constructor(
    folder: string,
    private readonly logger: Logger,
  ) {
    this.file = join(folder, 'cluster.json');
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
    const isLate = this.again !== undefined;
    clearTimeout(this.again);
    this.again = undefined;
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(content, null, 2));
      renameSync(`${this.file}.new`, this.file);
      if (isLate) this.logger.info('cluster.json is true again.');
    } catch (cause) {
      this.again = setTimeout(() => this.write(), TRY_AGAIN_MS).unref();
      if (!isLate) this.logger.error('cluster.json could not be written; this is tried again. Until then it does not tell what runs.', { cause });
    }
  }
}
