import type { NewSegment } from '@reprise/backup-core';

/** What inspection leaves for the next step, in the archive store: too large for the job's document. */
export interface Findings {
  app: { id: string; name: string };
  /** E-mails by the archive's user ids. */
  users: Record<string, string>;
  settings: string;
  tags: string;
  aliases?: string;
  urls?: { assets: string; assetsApp: string };
  avatar?: { key: string; size: number } | undefined;
  segments: NewSegment[];
  /** For the job's log; lost files aren't among them, the import names each. */
  warnings: string[];
}
