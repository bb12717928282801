import { archiveDifferences, eventTexts, readZip, type ZipEntry } from '@reprise/backup-testing';
import { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, standaloneMain, truthOf } from './support/fixtures.js';
import { testsCluster } from './support/product.js';
import { backUp, restore, startStandalone } from './support/standalone.js';

interface Archive {
  entries: ZipEntry[];
  app: { id: string; name: string };
}

/** Where the files of all apps are, which is in their archives. */
const env = { REPRISE_BASE_URL: 'https://cms.example.com' };

describe(`What ${testsCluster ? 'the cluster' : 'another standalone'} backs up of an archive that it restored`, () => {
  let standalone: ServerProcess;
  let other: ServerProcess;
  let sound: Archive;

  beforeAll(async () => {
    standalone = await ServerProcess.start({ main: standaloneMain, env });
    other = await startStandalone({ env });
    sound = await again(standalone, 'small.zip', 'sound');
  });
  afterAll(() => Promise.all([standalone?.stop(), other?.stop()]));

  async function again(server: ServerProcess, file: string, name: string): Promise<Archive> {
    const { appId } = await restore(server.client, fixture(file), name);
    return { entries: await readZip((await backUp(server, name)).archive), app: { id: appId!, name } };
  }

  it.each(['small', 'small-v1', 'unicode', 'missing-asset', 'old-types'])('is, entry by entry, what the standalone does, but for ids: %s', async (name) => {
    const ours = await again(standalone, `${name}.zip`, `${name}-in-one`);
    const theirs = await again(other, `${name}.zip`, `${name}-in-other`);
    expect(eventTexts(ours.entries)).toHaveLength(truthOf(name).eventCount);
    expect(archiveDifferences(ours, theirs)).toEqual([]);
  });

  it.each([
    ['an event', /^events\/0\/40\.json$/, 'fromRule', 'fromrule'],
    ['a file', /0af00168-0f55-4d16-b166-32aeaaf078d7_1\.asset$/, '', 'x'],
    ['settings', /settings\.json$/, 'dark', 'light'],
    ['tags', /assettags\.json$/, 'press', 'oppress'],
    ['people', /users\.json$/, 'owner@', 'other@'],
    ['the manifest', /manifest\.json$/, '"events": 73', '"events": 74'],
    ['which entries there are', /version\.json$/, '', undefined],
  ])('would be seen to be another, if that differed: %s', (_, path, text, instead) => {
    const { entries, app } = sound;
    const at = entries.findIndex(({ name }) => path.test(name));
    const { name, bytes } = entries[at]!;
    const other = instead === undefined ? [] : [{ name, bytes: Buffer.from(bytes.toString('latin1').replace(text, instead), 'latin1') }];
    expect(archiveDifferences({ entries, app }, { entries: entries.toSpliced(at, 1, ...other), app })).not.toEqual([]);
  });
});
