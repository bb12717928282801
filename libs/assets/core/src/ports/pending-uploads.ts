/** Bytes that lie in the asset store, or are on their way there, and that no event names yet. */
export interface PendingUpload {
  uploadId: string;
  appId: string;
  /** The asset whose command took it up; its event may be in the log. */
  assetId?: string;
}

/** Noted before the first byte is written, so that no file is ever forgotten. All methods are durable when they resolve. */
export abstract class PendingUploads {
  /** Error `assets.discarded` (conflict) once the app was discarded. */
  abstract begin(upload: { uploadId: string; appId: string; now: Date }): Promise<void>;
  /** A command takes the upload up for an asset, again if it is repeated. False: unknown, expired, or taken up for another asset. */
  abstract claim(claim: { uploadId: string; appId: string; assetId: string; now: Date }): Promise<boolean>;
  abstract find(uploadId: string): Promise<PendingUpload | undefined>;
  /** The upload is the log's affair now, or its object is gone: nothing to remember. Idempotent. */
  abstract settle(uploadId: string): Promise<void>;
  /** Those that nothing has happened to since `before`, expired ones included; at most `limit`. */
  abstract stale(before: Date, limit: number): Promise<PendingUpload[]>;
  /** From now on no command can take it up, so that its object can be removed. False when one just did. */
  abstract expire(uploadId: string, before: Date): Promise<boolean>;
  /** Forgets all of the app and refuses what comes late. Idempotent. */
  abstract discard(appId: string): Promise<void>;
}
