import type { AppProfile, Registration } from '@reprise/app-registry-core';
import { collection, type MongoModule } from '@reprise/mongodb';

/**
 * All of an app is one document, so that reserving, taking, its profile and its tombstone are each decided by one write. `held` is the name
 * while nobody else may have it; `holder` stays with the app for good, since it tells whose reserved users are real.
 */
export interface AppDocument {
  _id: string;
  name?: string;
  held?: string;
  state?: Registration['state'];
  holder?: string;
  changed?: Date;
  profile?: AppProfile;
  discarded?: boolean;
}

/** A job that wants the user, and the app that it makes: by either it can be told what has become of it. */
export interface UserReservation {
  jobId: string;
  appId: string;
}

/** Real, or with at least one reservation. */
export interface UserDocument {
  _id: string;
  email: string;
  /** See `emailKey`. */
  key: string;
  displayName: string;
  real: boolean;
  /** The first is of the job that made him. */
  reservations?: UserReservation[];
}

export interface RootClientDocument {
  _id: 'root';
  id: string;
  secretHash: string;
}

/** `ordinal` counts the keys: unique, so that of two first ones only one is stored. */
export interface SigningKeyDocument {
  _id: string;
  ordinal: number;
  secret: string;
  created: Date;
}

export const APPS = 'registry_apps';
export const USERS = 'registry_users';
export const ROOT_CLIENT = 'registry_root_client';
export const SIGNING_KEYS = 'registry_signing_keys';

/** The database must have been opened with it. */
export const registryCollections: MongoModule = {
  [APPS]: collection<AppDocument>(
    { _id: String, name: String, held: String, state: String, holder: String, changed: Date, profile: Object, discarded: Boolean },
    [
      [{ held: 1 }, { unique: true, sparse: true }],
      // A holder has a name once, whatever it has become.
      [
        { holder: 1, name: 1 },
        { unique: true, partialFilterExpression: { holder: { $exists: true } } },
      ],
      [{ state: 1, name: 1 }],
    ],
  ),
  [USERS]: collection<UserDocument>({ _id: String, email: String, key: String, displayName: String, real: Boolean, reservations: [Object] }, [
    [{ key: 1 }, { unique: true }],
    [{ 'reservations.jobId': 1 }],
  ]),
  [ROOT_CLIENT]: collection<RootClientDocument>({ _id: String, id: String, secretHash: String }),
  [SIGNING_KEYS]: collection<SigningKeyDocument>({ _id: String, ordinal: Number, secret: String, created: Date }, [[{ ordinal: 1 }, { unique: true }]]),
};
