import type { Databases } from './databases.js';

interface AppDocument {
  _id: string;
  name?: string;
  held?: string;
  state?: 'reserved' | 'living' | 'deleted';
  holder?: string;
  discarded?: boolean;
  profile?: { avatar?: { key: string } };
}
interface UserDocument {
  _id: string;
  email: string;
  real: boolean;
  reservations?: { jobId: string }[];
}
interface LogDocument {
  _id: string;
  state: 'open' | 'importing' | 'purged';
}
interface ModelDocument {
  _id: string;
  app: string;
  position: number;
}
interface AssetAppDocument {
  _id: string;
  tags?: unknown[];
  aliases?: unknown[];
}

/** Services with read models. */
const READERS = ['app-registry', 'contents', 'assets'];

export interface StoredApps {
  violations: string[];
  /** Ids of apps. */
  living: ReadonlySet<string>;
  /** Of those, and of apps that were deleted: their logs stay, as their backups do. */
  kept: ReadonlySet<string>;
  /** Keys of their avatars. */
  avatars: string[];
}

/** Names are a living app's, each app has a log without gaps, and nothing but tombstones tells of what is no app, living or deleted. `running`: jobs that have not ended. */
export async function storedApps(databases: Databases, running: ReadonlySet<string>): Promise<StoredApps> {
  const apps = await databases.rows<AppDocument>('app-registry', 'registry_apps', 'name', 'held', 'state', 'holder', 'discarded', 'profile');
  const living = new Set(apps.filter(({ state }) => state === 'living').map(({ _id }) => _id));
  const kept = new Set(apps.filter(({ state }) => state === 'living' || state === 'deleted').map(({ _id }) => _id));
  const heads = await headsOf(databases);
  const violations = [
    ...apps.filter(({ state }) => state === 'reserved').map(({ name, holder }) => `The name ${name} is reserved by ${holder}, although nothing runs`),
    ...apps
      .filter(({ _id, state, held }) => state !== 'reserved' && !living.has(_id) && held !== undefined)
      .map(({ _id, held }) => `The name ${held} is kept by ${_id}, which doesn't live`),
    ...apps.filter(({ discarded, held }) => discarded && held !== undefined).map(({ _id }) => `The app ${_id} was discarded, but has a name`),
    ...apps.filter(({ _id, profile }) => profile && !kept.has(_id)).map(({ _id }) => `There is a profile of ${_id}, which is no app`),
    ...(await userViolations(databases, running)),
    ...(await logViolations(databases, kept, heads)),
    ...(await readModelViolations(databases, kept, heads)),
    ...(await assetRowViolations(databases, kept)),
  ];
  return { violations, living, kept, avatars: apps.flatMap(({ profile }) => (profile?.avatar ? [profile.avatar.key] : [])) };
}

/** Users are real, or wanted by a job that runs. */
async function userViolations(databases: Databases, running: ReadonlySet<string>): Promise<string[]> {
  const users = await databases.rows<UserDocument>('app-registry', 'registry_users', 'email', 'real', 'reservations');
  return users.flatMap(({ _id, email, real, reservations = [] }) => [
    ...(real || reservations.some(({ jobId }) => running.has(jobId)) ? [] : [`The user ${email} is not real, and no job wants them`]),
    ...reservations.filter(({ jobId }) => !running.has(jobId)).map(({ jobId }) => `The user ${_id} is reserved by ${jobId}, which does not run`),
  ]);
}

interface Head {
  events: number;
  first: number;
  last: number;
}

/** Of each app that has events: how many, and where they are. */
async function headsOf(databases: Databases): Promise<Map<string, Head>> {
  const found = databases.collection('event-store', 'event_commits').aggregate<Head & { _id: string }>([
    {
      $group: {
        _id: '$app',
        events: { $sum: { $add: [{ $subtract: ['$last', '$first'] }, 1] } },
        first: { $min: '$first' },
        last: { $max: '$last' },
      },
    },
  ]);
  return new Map((await found.toArray()).map(({ _id, ...head }) => [_id, head]));
}

async function logViolations(databases: Databases, kept: ReadonlySet<string>, heads: ReadonlyMap<string, Head>): Promise<string[]> {
  const logs = await databases.rows<LogDocument>('event-store', 'event_logs', 'state');
  const open = new Set(logs.filter(({ state }) => state === 'open').map(({ _id }) => _id));
  const pieces = await databases.values('event-store', 'event_pieces', 'app');
  return [
    ...logs.filter(({ state }) => state === 'importing').map(({ _id }) => `The log of ${_id} is still being filled`),
    ...[...open].filter((id) => !kept.has(id)).map((id) => `The log of ${id} is no app's`),
    ...[...kept].filter((id) => !open.has(id) || !heads.has(id)).map((id) => `The app ${id} has no log, or an empty one`),
    ...[...heads.keys()].filter((id) => !open.has(id)).map((id) => `The log of ${id} is gone, but has events`),
    ...pieces.filter((id) => !open.has(id)).map((id) => `The log of ${id} is gone, but has pieces of events`),
    ...[...heads]
      .filter(([, { events, first, last }]) => first !== 1 || last !== events)
      .map(([id, { events, first, last }]) => `The log of ${id} goes from ${first} to ${last}, but holds ${events} events`),
  ];
}

/** Read models are never ahead of the log, nor there without one. */
async function readModelViolations(databases: Databases, kept: ReadonlySet<string>, heads: ReadonlyMap<string, Head>): Promise<string[]> {
  const violations: string[] = [];
  for (const service of READERS) {
    for (const rows of ['read_rows', 'read_pieces'])
      for (const app of await databases.values(service, rows, 'app'))
        if (!kept.has(app)) violations.push(`There are ${rows} of ${app} in ${service}, which is no app`);
    for (const { _id, app, position } of await databases.rows<ModelDocument>(service, 'read_models', 'app', 'position')) {
      const head = heads.get(app)?.last ?? 0;
      if (kept.has(app) && position > head) violations.push(`The model ${_id} of ${service} is at ${position}, its log ends at ${head}`);
    }
  }
  return violations;
}

async function assetRowViolations(databases: Databases, kept: ReadonlySet<string>): Promise<string[]> {
  const apps = await databases.rows<AssetAppDocument>('assets', 'assets_apps', 'tags', 'aliases');
  const uploads = await databases.values('assets', 'assets_uploads', 'appId');
  return [
    ...apps.filter(({ _id, tags, aliases }) => (tags ?? aliases) !== undefined && !kept.has(_id)).map(({ _id }) => `There are tags of ${_id}, which is no app`),
    ...uploads.filter((id) => !kept.has(id)).map((id) => `An upload of an asset waits for ${id}, which is no app`),
  ];
}
