import type { DiscardedApps, PendingUploads, TagStore } from '@reprise/assets-core';
import { newId } from '@reprise/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** All three over the same data. */
export interface AssetStoresUnderTest {
  tags: TagStore;
  uploads: PendingUploads;
  discarded: DiscardedApps;
  close(): Promise<void>;
}

const at = (minute: number) => new Date(Date.UTC(2025, 0, 1, 12, minute));

export function assetStoresContract(name: string, open: () => Promise<AssetStoresUnderTest>): void {
  describe(`${name} as the stores of the assets service`, () => {
    let stores: AssetStoresUnderTest;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    describe('tags', () => {
      it('have one id for a name, whoever asks and however often', async () => {
        const app = newId();
        const answers = await Promise.all(Array.from({ length: 20 }, () => stores.tags.ensure(app, ['press', 'photo'])));
        expect(new Set(answers.map((ids) => ids.join())).size).toBe(1);
        const [press, photo] = answers[0]!;
        expect(await stores.tags.ensure(app, ['photo', 'draft', 'press'])).toEqual([photo, expect.any(String), press]);
        expect((await stores.tags.read(app)).tags.map((tag) => tag.name)).toEqual(['press', 'photo', 'draft']);
      });

      it('belong to one app', async () => {
        const [one, other] = [newId(), newId()];
        expect(await stores.tags.ensure(one, ['press'])).not.toEqual(await stores.tags.ensure(other, ['press']));
        expect(await stores.tags.read(newId())).toEqual({ tags: [], aliases: [] });
        expect(await stores.tags.ensure(newId(), [])).toEqual([]);
      });

      it('count up and down, never below nothing', async () => {
        const app = newId();
        const [press = '', photo = ''] = await stores.tags.ensure(app, ['press', 'photo']);
        await stores.tags.adjust(app, { [press]: 1, [photo]: 1, unknown: 1 });
        await stores.tags.adjust(app, { [press]: 1, [photo]: -1 });
        await stores.tags.adjust(app, { [photo]: -1 });
        expect((await stores.tags.read(app)).tags).toEqual([
          { id: press, name: 'press', count: 2 },
          { id: photo, name: 'photo', count: 0 },
        ]);
      });

      it('come back as they were put, in their order, with odd ids and doubled names', async () => {
        const app = newId();
        const set = {
          tags: [
            { id: 'b', name: 'größe', count: 2 },
            { id: '10', name: '写真', count: 0 },
            { id: '9', name: 'größe', count: 1 },
            { id: '__proto__', name: '', count: 7 },
          ],
          aliases: [
            { from: 'news', to: 'größe' },
            { from: '1', to: 'elsewhere' },
          ],
        };
        await stores.tags.replace(app, { tags: [{ id: 'old', name: 'old', count: 1 }], aliases: [{ from: 'x', to: 'y' }] });
        await stores.tags.replace(app, set);
        await stores.tags.replace(app, set);
        expect(await stores.tags.read(app)).toEqual(set);
      });

      it('follow aliases, and new ones go behind those of an archive', async () => {
        const app = newId();
        await stores.tags.replace(app, {
          tags: [{ id: 'p', name: 'press', count: 2 }],
          aliases: [
            { from: 'news', to: 'press' },
            { from: 'pic', to: 'photo' },
          ],
        });
        const [news, pic, photo] = await stores.tags.ensure(app, ['news', 'pic', 'photo']);
        expect(news).toBe('p');
        expect(pic).toBe(photo);
        expect((await stores.tags.read(app)).tags.map((tag) => tag.name)).toEqual(['press', 'photo']);
      });
    });

    describe('pending uploads', () => {
      const begin = async (appId = newId()) => {
        const upload = { uploadId: newId(), appId };
        await stores.uploads.begin({ ...upload, now: at(0) });
        return upload;
      };
      const staleIds = async (minute: number) => (await stores.uploads.stale(at(minute), 1_000)).map((upload) => upload.uploadId);

      it('are taken up for one asset of their app, again and again', async () => {
        const upload = await begin();
        expect(await stores.uploads.claim({ ...upload, appId: newId(), assetId: 'a', now: at(1) })).toBe(false);
        expect(await stores.uploads.claim({ ...upload, assetId: 'a', now: at(1) })).toBe(true);
        expect(await stores.uploads.claim({ ...upload, assetId: 'a', now: at(2) })).toBe(true);
        expect(await stores.uploads.claim({ ...upload, assetId: 'b', now: at(2) })).toBe(false);
        expect(await stores.uploads.find(upload.uploadId)).toEqual({ ...upload, assetId: 'a' });
        await stores.uploads.settle(upload.uploadId);
        await stores.uploads.settle(upload.uploadId);
        expect(await stores.uploads.find(upload.uploadId)).toBeUndefined();
        expect(await stores.uploads.claim({ ...upload, assetId: 'a', now: at(3) })).toBe(false);
        expect(await staleIds(60)).not.toContain(upload.uploadId);
      });

      it('are stale when nothing happened to them for long', async () => {
        const [left, taken] = [await begin(), await begin()];
        await stores.uploads.claim({ ...taken, assetId: 'a', now: at(30) });
        expect(await staleIds(0)).not.toContain(left.uploadId);
        expect(await staleIds(10)).toContain(left.uploadId);
        expect(await staleIds(10)).not.toContain(taken.uploadId);
        expect(await stores.uploads.stale(at(31), 1_000)).toContainEqual({ ...taken, assetId: 'a' });
        expect(await stores.uploads.stale(at(31), 1)).toHaveLength(1);
      });

      it('expire only while stale, and then nobody takes them up', async () => {
        const upload = await begin();
        await stores.uploads.claim({ ...upload, assetId: 'a', now: at(30) });
        expect(await stores.uploads.expire(upload.uploadId, at(10))).toBe(false);
        expect(await stores.uploads.expire(upload.uploadId, at(40))).toBe(true);
        expect(await stores.uploads.expire(upload.uploadId, at(40))).toBe(true);
        expect(await stores.uploads.claim({ ...upload, assetId: 'a', now: at(41) })).toBe(false);
        expect(await staleIds(40)).toContain(upload.uploadId);
        expect(await stores.uploads.expire(newId(), at(40))).toBe(false);
      });
    });

    it('refuse whatever comes for an app that was discarded, and forget what they had', async () => {
      const app = newId();
      const upload = { uploadId: newId(), appId: app };
      await stores.uploads.begin({ ...upload, now: at(0) });
      await stores.tags.replace(app, { tags: [{ id: 'p', name: 'press', count: 2 }], aliases: [{ from: 'news', to: 'press' }] });
      expect(await stores.discarded.has(app)).toBe(false);
      for (let times = 0; times < 2; times++) {
        await stores.discarded.add(app);
        await stores.tags.discard(app);
        await stores.uploads.discard(app);
      }
      expect(await stores.discarded.has(app)).toBe(true);
      expect(await stores.tags.read(app)).toEqual({ tags: [], aliases: [] });
      expect(await stores.uploads.claim({ ...upload, assetId: 'a', now: at(1) })).toBe(false);
      const refused = { kind: 'conflict', code: 'assets.discarded' };
      await expect(stores.tags.ensure(app, ['press'])).rejects.toMatchObject(refused);
      await expect(stores.tags.replace(app, { tags: [], aliases: [] })).rejects.toMatchObject(refused);
      await expect(stores.uploads.begin({ uploadId: newId(), appId: app, now: at(2) })).rejects.toMatchObject(refused);
    });
  });
}
