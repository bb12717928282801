import type { RegistryStore } from '@reprise/app-registry-core';
import type { EventLog } from '@reprise/event-store-core';
import type { ApiClient } from '@reprise/gateway-client';

/** Something that waits. */
export interface Hold {
  /** Resolves when it does. */
  reached: Promise<void>;
  /** Lets it go on, and later ones go through; may be repeated. */
  go(): void | Promise<void>;
}

/** An installation whose stores a test reaches past its services, and whose next backup it can hold at a moment. It may write a folder. */
export interface Inside {
  readonly url: string;
  readonly client: ApiClient;
  readonly dataDir: string;
  /** What an app has to have, for the moments below to be within its export. */
  readonly contents: number;
  readonly log: EventLog;
  readonly registry: RegistryStore;
  /** The cut is made; no asset file is read yet, and of the events a page at most. */
  withinExport(): Promise<Hold[]>;
  /** The cut is made; settings, tags and people are not read yet. */
  beforeSnapshot(): Promise<Hold[]>;
  /** All is exported, and nothing of it is in the archive yet. */
  withinAssembly(): Promise<Hold[]>;
  stop(): Promise<void>;
}
