import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

describe('The settings of a cluster', () => {
  it.each([1, 2, 3, 16])('give %i replicas together no more threads for archives than there are cores, but one each', (replicas) => {
    const { archiveThreads } = readConfig({ REPRISE_REPLICAS: String(replicas) });
    expect(archiveThreads).toBeGreaterThanOrEqual(1);
    expect(archiveThreads).toBeLessThanOrEqual(2);
    expect(archiveThreads * replicas).toBeLessThanOrEqual(Math.max(availableParallelism(), replicas));
  });

  it('take the number of threads that is given, and refuse one that is none', () => {
    expect(readConfig({ REPRISE_REPLICAS: '16', REPRISE_ARCHIVE_THREADS: '5' }).archiveThreads).toBe(5);
    for (const threads of ['0', '65', 'two']) {
      expect(() => readConfig({ REPRISE_ARCHIVE_THREADS: threads })).toThrow('REPRISE_ARCHIVE_THREADS must be a whole number from 1 to 64.');
    }
  });
});
