import { describe, expect, it } from 'vitest';
import { assetFileName, attachmentNameOf, attachmentPath, eventNumberOf, eventPath, lowerInvariant } from './index.js';
import { fixture, readerOf } from './spec-fixtures.js';

describe('paths of an archive', () => {
  it('put 1,000 events into a folder', () => {
    expect([0, 999, 1000, 20221].map(eventPath)).toEqual(['events/0/0.json', 'events/0/999.json', 'events/1/1000.json', 'events/20/20221.json']);
    expect(eventNumberOf('events/20/20221.json')).toBe(20221);
    for (const path of [
      'events/0/1000.json',
      'events/0/01.json',
      'events/0/-1.json',
      './events/0/0.json',
      'events/0/0.JSON',
      'events/0/0.json/',
      'events/0.json',
      'events/0/.json',
      'events//0.json',
      'events/00/0.json',
      'events/0/1/1.json',
      'events/0/1e1.json',
      'events/10000000/10000000000.json',
    ]) {
      expect(eventNumberOf(path), path).toBeUndefined();
    }
  });

  it('are those that Squidex fixed for its own attachments', () => {
    const folders = { version: 327, users: 135, settings: 522, urls: 769, assettags: 634, assettagsalias: 478 };
    for (const [name, folder] of Object.entries(folders)) expect(attachmentPath(`${name}.json`)).toBe(`attachments/${folder}/${name}.json`);
    expect(attachmentPath('avatar.image')).toBe('attachments/823/avatar.image');
  });

  it.each(['small', 'small-v1', 'unicode', 'missing-asset', 'old-types'])('are those of every attachment in %s.zip', async (name) => {
    const reader = await readerOf(fixture(`${name}.zip`));
    expect(reader.unknown).toBe(0);
    for (const path of reader.attachmentPaths()) expect(attachmentNameOf(path)).toBe(path.split('/').slice(2).join('/'));
  });

  it('lower-case as .NET does, one letter for one', () => {
    expect(lowerInvariant('ÄΑΣ İX 𐐀')).toBe('äασ İx 𐐨');
    expect(attachmentPath(assetFileName('ABC', 0))).toBe(attachmentPath('abc_0.asset'));
    expect(attachmentNameOf('attachments/327/Version.json')).toBeUndefined();
    expect(attachmentNameOf('attachments/1/version.json')).toBeUndefined();
  });
});
