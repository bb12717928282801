import { describe, expect, it } from 'vitest';
import { MOST_VALUES } from './event-values.js';
import { eventPath, readApp } from './index.js';
import { readerOf } from './spec-fixtures.js';
import { hostileZip } from './testing/index.js';

async function appOf(payload: object, { type = 'AppCreatedEvent', stream = 'app-1' } = {}) {
  const content = JSON.stringify({ n: { t: type, s: stream, p: JSON.stringify(payload), h: {} } });
  return readApp(await readerOf(hostileZip([{ name: eventPath(0), content }])));
}

const refused = (message: string) =>
  expect.objectContaining({ kind: 'invalid', code: 'archive.first-event', message: expect.stringContaining(message) as string }) as Error;

describe('the app of an archive', () => {
  it('is told by the first event, in any case of letters, in either of its streams', async () => {
    const app = { id: '1', name: 'blog' };
    expect(await appOf({ name: 'blog', appId: '1,old-name' })).toEqual(app);
    expect(await appOf({ Name: 'blog', APPID: '1' }, { type: 'appcreatedEVENT', stream: 'app-1--1' })).toEqual(app);
  });

  it.each<[string, object, object, string]>([
    ['creates no app', { name: 'blog', appId: '1' }, { type: 'AppUpdatedEvent' }, 'is a AppUpdatedEvent, not the creation of an app'],
    ['has no id', { name: 'blog' }, {}, 'has no app id or no name'],
    ['has an id that is none', { name: 'blog', appId: 1 }, {}, 'has no app id or no name'],
    ['has no name', { appId: '1' }, {}, 'has no app id or no name'],
    ['has an empty name', { name: '', appId: '1' }, {}, 'has no app id or no name'],
    ['stands in the stream of another', { name: 'blog', appId: '1' }, { stream: 'app-2' }, 'is in the stream app-2'],
    ['stands in a stream of something else', { name: 'blog', appId: '1' }, { stream: 'app-1--2' }, 'is in the stream app-1--2'],
  ])('is refused when the first event %s', async (_, payload, where, message) => {
    await expect(appOf(payload, where)).rejects.toThrow(refused(message));
  });

  it('is refused when its first event holds more values than any genuine one', async () => {
    await expect(appOf({ name: 'blog', appId: '1', x: Array(MOST_VALUES).fill(1) })).rejects.toMatchObject({ code: 'archive.event-too-complex' });
  });
});
