import { createHash } from 'node:crypto';
import {
  ArchiveReader,
  type ArchiveEntry,
  type ArchivePool,
  type AssetImportItem,
  type RandomAccess,
  type ReadLimits,
  shownName,
  streamEntry,
} from '@reprise/backup-archive';
import type { RestoreReport } from '@reprise/backup-core';
import { isRepriseError } from '@reprise/kernel';
import { Inspector, type Inspection } from './inspector.js';

/** What reading all of an archive has shown. */
export interface Verification {
  /** Nothing is damaged, changed or missing, as far as the archive lets one tell: without a manifest completeness can't be proved. */
  ok: boolean;
  /** What is wrong, each line with the entry's name; at most 100, `moreFindings` counts the rest. Empty where `ok`. */
  findings: string[];
  moreFindings: number;
  /** Plain bytes of asset files and other attachments that were read. */
  attachmentBytes: number;
  /** Of the manifest; absent without one. */
  root?: string;
  /** What is in it; absent where not even its events could be read. */
  report?: RestoreReport;
}

interface Options {
  limits?: Partial<ReadLimits>;
  /** Called again and again with what has been read; throws to stop. */
  pulse?: (done: { events: number; assets: number }) => Promise<void>;
}

const MAX_FINDINGS = 100;
/** Verifying restores nothing; events are looked at as if they were for this app. */
const NO_APP = '00000000-0000-0000-0000-000000000000';

/**
 * Reads every byte of an archive: structure, checksums, manifest, digests, that no event is missing, that each file which an event names is there.
 * What is wrong with the archive is a finding; an error is thrown only for what isn't its fault (a store that is away, a stop). Needs no server.
 */
export async function verifyArchive(source: RandomAccess, pool: ArchivePool, options: Options = {}): Promise<Verification> {
  return new ArchiveVerification(source, pool, options).run();
}

class ArchiveVerification {
  private readonly findings: string[] = [];
  private more = 0;
  private attachmentBytes = 0;
  private assets = 0;
  private events = 0;
  /** Offsets of entries that were read as an event's file. */
  private readonly read = new Set<number>();

  constructor(
    private readonly source: RandomAccess,
    private readonly pool: ArchivePool,
    private readonly options: Options,
  ) {}

  async run(): Promise<Verification> {
    const inspection = await this.orFinding(() => this.readAll());
    const { findings, more: moreFindings, attachmentBytes } = this;
    const { report, root } = inspection ?? {};
    const ok = findings.length === 0;
    return { ok, findings, moreFindings, attachmentBytes, ...(root === undefined ? {} : { root }), ...(report ? { report } : {}) };
  }

  private async readAll(): Promise<Inspection> {
    const reader = await ArchiveReader.open(this.source, this.options.limits);
    const inspector = new Inspector(reader, this.pool, NO_APP, {
      pulse: () => this.pulse(),
      savePlan: async (_, plan) => {
        if (plan.kind === 'events') this.events = plan.to;
        else for (const item of plan.items) await this.checkFile(item);
      },
    });
    const inspection = await inspector.inspect();
    await this.readOthers(reader);
    return inspection;
  }

  private async checkFile(item: AssetImportItem): Promise<void> {
    await this.pulse();
    const { entry, sha256 } = item;
    if (!entry) return this.addAbsent(item);
    this.read.add(entry.offset);
    this.assets++;
    const digest = await this.orFinding(() => this.digest(entry));
    if (digest === undefined || sha256 === undefined || digest === sha256) return;
    this.add(`The entry ${shownName(entry.name)} is not the file that the manifest says (SHA-256).`);
  }

  /** A file that was lost before the backup was made is no fault of the archive, and its report tells of it. */
  private addAbsent({ name, assetId, lostBefore }: AssetImportItem): void {
    if (!lostBefore) this.add(`The file ${shownName(name)} of the asset ${shownName(assetId)} is not in the archive.`);
  }

  /** Attachments that are no event's file, so that no byte is left unread. */
  private async readOthers(reader: ArchiveReader): Promise<void> {
    for (const entry of reader.attachmentEntries()) {
      if (this.read.has(entry.offset)) continue;
      await this.pulse();
      await this.orFinding(() => this.digest(entry));
    }
  }

  private async digest(entry: ArchiveEntry): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of streamEntry(this.source, entry)) {
      hash.update(chunk);
      this.attachmentBytes += chunk.length;
      await this.pulse();
    }
    return hash.digest('hex');
  }

  private async orFinding<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isFinding(error)) throw error;
      this.add(error.message);
      return undefined;
    }
  }

  private add(finding: string): void {
    if (this.findings.length < MAX_FINDINGS) this.findings.push(finding);
    else this.more++;
  }

  private async pulse(): Promise<void> {
    await this.options.pulse?.({ events: this.events, assets: this.assets });
  }
}

/** Whether an error tells of the archive itself. */
export function isFinding(error: unknown): error is Error {
  return isRepriseError(error) && error.code.startsWith('archive.') && ['corrupt', 'invalid', 'limit'].includes(error.kind);
}
