/** The installation's own client. The secret is kept as a salted hash alone. */
export interface RootClient {
  id: string;
  /** See {@link hashSecret}. */
  secretHash: string;
}

/** A key that tokens are signed with. */
export interface SigningKey {
  id: string;
  /** Base64url of at least 32 random bytes. */
  secret: string;
  created: Date;
}

export abstract class CredentialStore {
  abstract rootClient(): Promise<RootClient | undefined>;
  /** Replaces the one before. Durable when it resolves. */
  abstract setRootClient(client: RootClient): Promise<void>;
  /** Stores `client` if there is none yet, and answers the one that is stored: whoever comes second gets the first one's. Durable when it resolves. */
  abstract ensureRootClient(client: RootClient): Promise<RootClient>;
  /** Newest first. */
  abstract signingKeys(): Promise<SigningKey[]>;
  /** Stores `key` if there is none yet, and answers the newest: whoever comes second gets the first one's. */
  abstract ensureSigningKey(key: SigningKey): Promise<SigningKey>;
}
