import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FolderDigests } from './folder-digests.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const part = (first: number, text: string, ends: boolean) => ({ first, count: 2, size: text.length, ends, plain: Buffer.from(text) });

describe('the digest of a folder', () => {
  it('is that of its files, however many parts they came in', () => {
    const digests = new FolderDigests();
    expect([digests.add(part(0, 'one two', false)), digests.add(part(2, ' three', false))]).toEqual([undefined, undefined]);
    expect(digests.add(part(4, ' four', true))).toEqual({ name: 'events/0', sha256: sha256('one two three four'), size: 18, count: 6 });
    expect(digests.add(part(1_000, 'next', true))).toEqual({ name: 'events/1', sha256: sha256('next'), size: 4, count: 2 });
  });

  it('is taken as it is where the part is all of it', () => {
    const whole = { first: 3_000, count: 7, size: 70, ends: true, sha256: 'abc' };
    expect(new FolderDigests().add(whole)).toEqual({ name: 'events/3', sha256: 'abc', size: 70, count: 7 });
  });
});
