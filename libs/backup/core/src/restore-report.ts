/** Names of a kind that a report lists: it is kept in the job's document and read by a person. A hostile archive could name millions. */
export const MAX_LISTED = 1_000;

/** What inspection found in an archive, before anything of it is taken over. Lists of names end after {@link MAX_LISTED}. */
export interface RestoreReport {
  /** The app as the archive knows it. */
  app: { id: string; name: string };
  events: number;
  /** Asset files that the events speak of. */
  assets: number;
  /** Of these, how many have no file in the archive. */
  missingAssets: number;
  /** Attachments that are read: fixed ones and asset files. */
  attachments: number;
  /** Users by e-mail. */
  users: string[];
  /** Those of them that this installation doesn't know by their e-mail: made when the restore takes the name. */
  usersToCreate: string[];
  /** Clients that are attached at the end, with their secrets left out. */
  clients: string[];
  roles: string[];
  /** E-mail (or id, where the archive knows no e-mail) and role. */
  contributors: { user: string; role: string }[];
  types: Record<string, number>;
  /** Types that this version doesn't know; such events are kept as they are. */
  unknownTypes: Record<string, number>;
  /** Entries that the layout doesn't know; passed over. */
  unknownEntries: number;
  /** `proved`: all digests of the archive's manifest fit; `absent`: no manifest: completeness can't be proved. */
  manifest: 'proved' | 'absent';
  warnings: string[];
  /** Objects alive by kind, once the read models are built. */
  objects?: Record<string, number>;
}
