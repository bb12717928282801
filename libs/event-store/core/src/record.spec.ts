import { describe, expect, it } from 'vitest';
import { RawJson } from '@reprise/json-text';
import { kindOfStream, newEvent, recordEvent, upcastersByType, type StoredEvent, type Upcaster } from './index.js';

const stored: StoredEvent = { position: 7, stream: 'content-a--b', version: 2, type: 'ContentUpdatedEvent', payload: '{"data":{"n":1.0}}', headers: '{}' };
const fromOldest: Upcaster = { from: 'OldestEvent', upcast: ({ payload }) => ({ type: 'OlderEvent', payload: { ...payload, steps: 1 } }) };
const fromOlder: Upcaster = { from: 'OlderEvent', upcast: ({ payload }) => ({ type: 'TodayEvent', payload: { ...payload, steps: 2 } }) };

describe('recordEvent', () => {
  it('parses the payload, but for the data of a content', () => {
    expect(recordEvent(stored, new Map())).toEqual({
      position: 7,
      stream: 'content-a--b',
      version: 2,
      type: 'ContentUpdatedEvent',
      payload: { data: new RawJson('{"n":1.0}') },
      timestamp: '1970-01-01T00:00:00Z',
      restored: false,
    });
  });

  it('takes the last of several data members, in whichever case, and parses that of other objects', () => {
    const payload = '{"Data":{"a":1},"x":1.0,"data": [2 ] ,"DATA":null}';
    expect(recordEvent({ ...stored, payload }, new Map()).payload).toEqual({ Data: null, x: 1, data: new RawJson('null'), DATA: null });
    expect(recordEvent({ ...stored, stream: 'rule-a--b', payload: '{"data":{"n":1.0}}' }, new Map()).payload).toEqual({ data: { n: 1 } });
  });

  it('takes time, id and origin from the headers', () => {
    const headers = '{"EventId":"e","Timestamp":"2026-01-02T03:04:05Z","Restored":true}';
    const many = headers.replace('{', `{"Other":"${'x'.repeat(10_000)}",`);
    expect(recordEvent({ ...stored, headers: many }, new Map())).toEqual(recordEvent({ ...stored, headers }, new Map()));
    expect(recordEvent({ ...stored, headers }, new Map())).toMatchObject({ eventId: 'e', timestamp: '2026-01-02T03:04:05Z', restored: true });
    expect(recordEvent({ ...stored, headers: '{"EventId":1,"Timestamp":2,"Restored":"true"}' }, new Map())).toMatchObject({
      timestamp: '1970-01-01T00:00:00Z',
      restored: false,
    });
  });

  it('upcasts step by step, whatever the case of the type', () => {
    const upcasters = upcastersByType([fromOlder, fromOldest]);
    expect(recordEvent({ ...stored, type: 'oldestevent' }, upcasters)).toMatchObject({ type: 'TodayEvent', payload: { steps: 2 } });
    expect(recordEvent(stored, upcasters)).toMatchObject({ type: 'ContentUpdatedEvent' });
  });

  it('does not go round in circles', () => {
    const circle: Upcaster = { from: 'A', upcast: (event) => ({ ...event, type: 'A' }) };
    expect(recordEvent({ ...stored, type: 'A' }, upcastersByType([circle])).type).toBe('A');
  });
});

describe('newEvent', () => {
  it('writes an event as Squidex does', () => {
    const event = newEvent({
      type: 'AppCreatedEvent',
      payload: { name: 'a&b' },
      app: { id: '1', name: 'a&b' },
      actor: 'client:x',
      eventId: 'e',
      commitId: 'c',
      aggregateId: '1',
      timestamp: new Date('2026-01-02T03:04:05.678Z'),
    });
    expect(event).toEqual({
      type: 'AppCreatedEvent',
      payload: '{"name":"a\\u0026b","appId":"1,a\\u0026b","actor":"client:x","fromRule":false}',
      headers: '{"EventId":"e","Timestamp":"2026-01-02T03:04:05Z","AggregateId":"1","CommitId":"c"}',
    });
  });
});

describe('kindOfStream', () => {
  it('is what stands before the first dash', () => {
    expect(['app-1', 'assetFolder-1--2', 'odd'].map(kindOfStream)).toEqual(['app', 'assetFolder', 'odd']);
  });
});
