import { describe, expect, it } from 'vitest';
import { exportedHeaders, restoredHeaders } from './headers.js';

describe('headers in an archive', () => {
  const exported = (headers: string, changes: { type?: string; stream?: string; payload?: string } = {}) =>
    exportedHeaders({ type: 'X', stream: 'content-1--c', payload: '{}', position: 5, version: 4, ...changes, headers });

  it('tell position and version where they stood, and all else stays to the letter', () => {
    expect(exported('{ "EventStreamNumber" : 9 , "A":1.0,"EventNumber":"x" }')).toBe('{ "EventStreamNumber" : 4 , "A":1.0,"EventNumber":"5" }');
  });

  it('get those that are missing behind the others, but in front of Restored where that is the last', () => {
    expect(exported('{}')).toBe('{"EventNumber":"5","EventStreamNumber":4}');
    expect(exported('{"A":1}')).toBe('{"A":1,"EventNumber":"5","EventStreamNumber":4}');
    expect(exported('{"A":1,"EventNumber":"0"}')).toBe('{"A":1,"EventNumber":"5","EventStreamNumber":4}');
    expect(exported('{"A":1,"Restored":true}')).toBe('{"A":1,"EventNumber":"5","EventStreamNumber":4,"Restored":true}');
    expect(exported('{"EventNumber":"0","A":"}","Restored":false}')).toBe('{"EventNumber":"5","A":"}","EventStreamNumber":4,"Restored":false}');
    expect(exported('{"Restored":true}')).toBe('{"EventNumber":"5","EventStreamNumber":4,"Restored":true}');
    expect(exported('{"Restored":true,"A":1}')).toBe('{"Restored":true,"A":1,"EventNumber":"5","EventStreamNumber":4}');
  });

  it('of a permanent deletion have the id of the object, not that of the stream that it lies in', () => {
    const aggregateId = (changes: { type: string; stream: string; payload: string }) =>
      (JSON.parse(exported('{"AggregateId":"old"}', changes)) as { AggregateId: string }).AggregateId;
    const content = { type: 'ContentDeletedEvent', stream: 'content-1--c--deleted', payload: '{"ContentId":"c"}' };
    expect(aggregateId(content)).toBe('1--c');
    expect(aggregateId({ ...content, type: 'contentDELETEDevent' })).toBe('1--c');
    expect(aggregateId({ type: 'AssetDeletedEvent', stream: 'asset-1--a--deleted', payload: '{"assetId":"a"}' })).toBe('1--a');
    for (const other of [
      { ...content, stream: 'content-1--c' },
      { ...content, type: 'XContentDeletedEvent' },
      { ...content, type: 'ContentDeletedEventV2' },
      { ...content, type: 'RuleDeletedEvent' },
      { ...content, payload: '{}' },
      { ...content, stream: 'content-1--7--deleted', payload: '{"contentId":7}' },
      { ...content, payload: '{"contentId":"other"}' },
      { ...content, payload: '{"contentId":"c--deleted"}' },
    ])
      expect(aggregateId(other), JSON.stringify(other)).toBe('old');
  });
});

describe('headers that a restore stores', () => {
  const restored = (headers: string) => restoredHeaders(headers, { stream: 'content-2--c--d', position: 5, version: 4 });

  it('tell the new object, and that it was restored, as the last', () => {
    expect(restored('{"AggregateId":"1--c","A":1}')).toBe('{"AggregateId":"2--c--d","A":1,"Restored":true}');
    expect(restored('{"A":1}')).toBe('{"A":1,"AggregateId":"2--c--d","Restored":true}');
    expect(restored('{"Restored":false}')).toBe('{"AggregateId":"2--c--d","Restored":true}');
    expect(restored('{}')).toBe('{"AggregateId":"2--c--d","Restored":true}');
  });

  it('tell position and version only where they did', () => {
    expect(restored('{"EventNumber":"x","AggregateId":"1--c"}')).toBe('{"EventNumber":"5","AggregateId":"2--c--d","Restored":true}');
    expect(restored('{"EventStreamNumber":9,"AggregateId":"1--c"}')).toBe('{"EventStreamNumber":4,"AggregateId":"2--c--d","Restored":true}');
  });
});
