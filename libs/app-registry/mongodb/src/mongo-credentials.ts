import { CredentialStore, type RootClient, type SigningKey } from '@reprise/app-registry-core';
import { isDuplicate, storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { ROOT_CLIENT, SIGNING_KEYS, type RootClientDocument, type SigningKeyDocument } from './documents.js';

const FIRST = 1;

export class MongoCredentials extends CredentialStore {
  constructor(private readonly database: MongoDatabase) {
    super();
  }

  async rootClient(): Promise<RootClient | undefined> {
    const client = await storing(() => this.clients.findOne({ _id: 'root' }));
    return client ? { id: client.id, secretHash: client.secretHash } : undefined;
  }

  async setRootClient({ id, secretHash }: RootClient): Promise<void> {
    await storing(() =>
      untilDecided(async () => {
        try {
          return await this.clients.updateOne({ _id: 'root' }, { $set: { id, secretHash } }, { upsert: true });
        } catch (error) {
          // Two set the first one at once: the second replaces it.
          if (isDuplicate(error, '_id')) return undefined;
          throw error;
        }
      }),
    );
  }

  async ensureRootClient(client: RootClient): Promise<RootClient> {
    return storing(() =>
      untilDecided(async () => {
        const stored = await this.rootClient();
        if (stored) return stored;
        try {
          await this.clients.insertOne({ _id: 'root', ...client });
          return client;
        } catch (error) {
          if (isDuplicate(error)) return undefined;
          throw error;
        }
      }),
    );
  }

  async signingKeys(): Promise<SigningKey[]> {
    const keys = await storing(() => this.keys.find().sort({ created: -1, _id: 1 }).toArray());
    return keys.map(({ _id: id, secret, created }) => ({ id, secret, created }));
  }

  async ensureSigningKey({ id, secret, created }: SigningKey): Promise<SigningKey> {
    return storing(() =>
      untilDecided(async () => {
        const [newest] = await this.signingKeys();
        if (newest) return newest;
        try {
          await this.keys.insertOne({ _id: id, ordinal: FIRST, secret, created });
          return { id, secret, created };
        } catch (error) {
          if (isDuplicate(error)) return undefined;
          throw error;
        }
      }),
    );
  }

  private get clients() {
    return this.database.collection<RootClientDocument>(ROOT_CLIENT);
  }

  private get keys() {
    return this.database.collection<SigningKeyDocument>(SIGNING_KEYS);
  }
}
