import { appendFile, cp, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeBackup } from '@reprise/gateway-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveFileOf } from './support/archive-file.js';
import { fixture } from './support/fixtures.js';
import { violationsOf } from './support/invariants/index.js';
import { completed, restore, startStandalone } from './support/standalone.js';

describe('The checker of invariants', () => {
  let folder: string;
  let sound: string;
  let dataDir: string;
  let archive: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-invariants-'));
    sound = join(folder, 'sound');
    const server = await startStandalone({ dataDir: sound });
    await restore(server.client, fixture('small.zip'), 'kept');
    archive = archiveFileOf(sound, completed(await makeBackup(server.client, 'kept')).id)!;
    await server.stop();
  });
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    dataDir = await mkdtemp(join(folder, 'broken-'));
    await cp(sound, dataDir, { recursive: true });
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('is silent where all is well', async () => {
    expect(await violationsOf({ dataDir })).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a gap in the positions of a log', 'DELETE FROM events WHERE key = (SELECT min(key) + 20 FROM events)', /says that it ends at 73, but holds 72 events/],
    ['a log that ends elsewhere', 'UPDATE event_logs SET head = head + 1', /ends at 74, but holds 73/],
    ['a log that is still being filled', `UPDATE event_logs SET state = 'importing'`, /still being filled/],
    ['a log that is no app’s', 'DELETE FROM registry_apps', /The log of .* is no app's/],
    ['a gap in the versions of a stream', 'UPDATE events SET version = version + 5 WHERE key = (SELECT max(key) FROM events)', /The stream .* versions 0 to/],
    [
      'a stream without events',
      `INSERT INTO event_streams (log_id, name, kind) VALUES (1, 'content-x--y', 'content')`,
      /The stream content-x--y of log 1 has 0 events/,
    ],
    [
      'an event in the stream of another log',
      'UPDATE event_streams SET log_id = 7 WHERE id = (SELECT stream_id FROM events LIMIT 1)',
      /in a stream of another log/,
    ],
    ['events of a log that is gone', 'DELETE FROM event_logs', /Log 1 is gone, but has events/],
    ['commits of a log that is gone', `INSERT INTO event_commits (log_id, commit_key, first, last, version) VALUES (9, 'x', 1, 1, 0)`, /rows in event_commits/],
    [
      'a commit of events that never were',
      `INSERT INTO event_commits (log_id, commit_key, first, last, version) VALUES (1, 'x', 74, 74, 0)`,
      /speaks of events behind its end/,
    ],
    ['a block that counts wrongly', 'UPDATE event_blocks SET bytes = bytes + 1', /Block 0 of log 1 counts 73 events/],
    ['a name that is reserved for nothing', `UPDATE registry_apps SET state = 'reserved'`, /The name kept is reserved/],
    [
      'a name that is taken without a log',
      `INSERT INTO registry_apps (app_id, name, state, holder, changed) VALUES ('x', 'ghost', 'living', 'x', 0)`,
      /The name ghost is taken by x, which has no log/,
    ],
    [
      'a name that a deleted app has',
      `UPDATE read_rows SET state = json_set(state, '$.isDeleted', json('true')) WHERE kind = 'app'`,
      /The name kept is taken .* deleted/,
    ],
    ['an id that was discarded and lives', `INSERT INTO registry_discarded (app_id) SELECT app_id FROM registry_apps`, /was discarded, but has a name/],
    ['a profile of no app', `INSERT INTO registry_profiles (app_id, settings) VALUES ('x', '{}')`, /a profile of x/],
    [
      'a user whom no job wants',
      `INSERT INTO registry_users (id, email, email_key, display_name, real) VALUES ('x', 'x@y', 'x@y', 'x', 0)`,
      /The user x@y is not real/,
    ],
    ['a user reserved by a job that has ended', `INSERT INTO registry_user_reservations (user_id, job_id) VALUES ('x', 'y')`, /The user x is reserved by y/],
    ['a read model ahead of its log', 'UPDATE read_models SET position = 74', /The model .* is at 74, its log ends at 73/],
    ['rows of an app without a log', `UPDATE event_logs SET app_id = 'x'`, /rows of kind .* which has no log/],
    ['rows of a model that was discarded', 'UPDATE read_models SET discarded = 1', /whose model is discarded/],
    ['tags of an app without a log', `INSERT INTO assets_tags (app_id, ordinal, id, name, count) VALUES ('x', 1, 'y', 'z', 0)`, /rows in assets_tags of x/],
    ['uploads of an app without a log', `INSERT INTO assets_uploads (upload_id, app_id, touched) VALUES ('y', 'x', 0)`, /rows in assets_uploads of x/],
    [
      'a job that has not ended',
      `UPDATE backup_jobs SET body = json_set(body, '$.stage', 'exporting') WHERE kind = 'backup'`,
      /The backup .* has not ended: it is exporting/,
    ],
    ['a job whose end is not told', `UPDATE backup_jobs SET needs_work = 1 WHERE kind = 'restore'`, /The restore .* has not told its end/],
    [
      'segments of a job that is gone',
      `INSERT INTO backup_segments (job_id, seq, id, stage, kind, from_position, to_position, state, attempts, events, assets, bytes)
       VALUES ('x', 0, 'y', 'export', 'export-events', 1, 1, 'waiting', 0, 0, 0, 0)`,
      /segments of x/,
    ],
    [
      'an archive of another size',
      `UPDATE backup_jobs SET body = json_set(body, '$.archive.size', 1) WHERE kind = 'backup'`,
      /has \d+ bytes, its backup says 1/,
    ],
    ['a file of an event that is gone', `UPDATE events SET type = 'NoopEvent' WHERE type LIKE 'AssetCreated%'`, /The file assets\/.* is nobody's/],
    ['an avatar that no profile names', 'UPDATE registry_profiles SET avatar_key = NULL', /The file assets\/.*avatar.* is nobody's/],
  ])('sees %s', async (_, sql, line) => {
    const database = new DatabaseSync(join(dataDir, 'reprise.db'));
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
    database.close();
    expect(await violationsOf({ dataDir })).toContainEqual(expect.stringMatching(line));
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a file of no asset', () => writeFile(join(dataDir, 'assets/lost'), ''), /The file assets\/lost is nobody's/],
    ['a file that was half written', () => writeFile(join(dataDir, 'assets/.temporary/half'), ''), /assets\/\.temporary\/half is nobody's/],
    ['an archive of no backup', () => writeFile(join(dataDir, 'archives/archives/lost.zip'), ''), /archives\/archives\/lost.zip is nobody's/],
    ['an upload that nobody awaits', () => lay('archives/uploads', 'lost'), /uploads\/lost is nobody's/],
    ['working files of a job that has ended', () => lay('archives/jobs/ended', 'mapping'), /jobs\/ended\/mapping is nobody's/],
    ['a part that is kept for no app', () => lay('archives/fragments/nobody', 'events-1-4000'), /kept for an app that doesn't live/],
    ['an archive that is gone', () => rm(join(dataDir, archive)), /of a completed backup is not there/],
    ['an archive that is longer than it was', () => appendFile(join(dataDir, archive), 'x'), /its backup says/],
    ['a flipped bit in an asset file of an archive', () => flip((text) => text.indexOf('.asset') + 30), /does not verify: .*\.asset/],
    ['a flipped bit in an event of an archive', () => flip((text) => text.indexOf('events/0/50.json') + 40), /does not verify: .*events\/0\/50\.json/],
  ])('sees %s', async (_, harm, line) => {
    await harm();
    expect(await violationsOf({ dataDir })).toContainEqual(expect.stringMatching(line));
  });

  async function lay(below: string, name: string): Promise<void> {
    await mkdir(join(dataDir, below), { recursive: true });
    await writeFile(join(dataDir, below, name), '');
  }

  async function flip(place: (text: string) => number): Promise<void> {
    const file = await open(join(dataDir, archive), 'r+');
    const bytes = await file.readFile();
    const at = place(bytes.toString('latin1'));
    await file.write(Buffer.from([bytes[at]! ^ 1]), 0, 1, at);
    await file.close();
  }
});
