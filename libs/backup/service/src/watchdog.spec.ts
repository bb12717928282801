import type { JobStore } from '@reprise/backup-core';
import { SilentLogger } from '@reprise/kernel';
import { describe, expect, it } from 'vitest';
import type { BackupConfig } from './backup.config.js';
import type { JobRunner } from './saga/job-runner.js';
import { Watchdog } from './watchdog.js';

describe('The watchdog', () => {
  it('keeps no process from starting, though what it sends waits until that takes messages', async () => {
    const woken: string[] = [];
    const taking = Promise.withResolvers<void>();
    const store = { requeueSilent: async () => undefined, list: async () => [{ id: 'a' }, { id: 'b' }] } as unknown as JobStore;
    const runner = { wake: (id: string) => taking.promise.then(() => void woken.push(id)) } as unknown as JobRunner;
    const watchdog = new Watchdog(store, runner, { sole: false } as BackupConfig, new SilentLogger());
    watchdog.onApplicationBootstrap();
    taking.resolve();
    await expect.poll(() => woken).toEqual(['a', 'b']);
    await watchdog.onModuleDestroy();
  });
});
