/** An image in the asset store. */
export interface Avatar {
  key: string;
  /** Bytes. */
  size: number;
}

export interface AppProfile {
  /** The app's UI settings as JSON text, `{}` if none. */
  settings: string;
  avatar?: Avatar;
}

/** What an app has beside its log. */
export abstract class ProfileStore {
  abstract get(appId: string): Promise<AppProfile>;
  /** Error `apps.discarded` (conflict) for an app that was discarded. */
  abstract put(appId: string, profile: AppProfile): Promise<void>;
}
