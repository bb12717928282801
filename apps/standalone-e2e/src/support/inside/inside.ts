import type { ApiClient } from '@reprise/gateway-client';
import type { Stores } from '../stores/index.js';

/** Something that waits. */
export interface Hold {
  /** Resolves when it does. */
  reached: Promise<void>;
  /** Lets it go on, and later ones go through; may be repeated. */
  go(): void | Promise<void>;
}

/** An installation whose stores a test reaches past its services, and whose next job it can hold at a moment. It may write a folder. */
export interface Inside {
  readonly url: string;
  readonly client: ApiClient;
  readonly dataDir: string;
  /** What an app has to have, for the moments below to be within its export. */
  readonly contents: number;
  readonly stores: Pick<Stores, 'log' | 'registry' | 'archives' | 'assets'>;
  /** The cut is made; no asset file is read yet, and of the events a page at most. */
  withinExport(): Promise<Hold[]>;
  /** The cut is made; settings, tags and people are not read yet. */
  beforeSnapshot(): Promise<Hold[]>;
  /** All is exported, and nothing of it is in the archive yet. */
  withinAssembly(): Promise<Hold[]>;
  /** The log of a new app is begun, and no event is in it yet. */
  withinImport(): Promise<Hold[]>;
  stop(): Promise<void>;
}
