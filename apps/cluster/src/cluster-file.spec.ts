import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SilentLogger } from '@reprise/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterFile, type EngineEntry, type ProcessEntry } from './cluster-file.js';

const CONTENTS: ProcessEntry = { name: 'contents', replica: 1, pid: 11, log: 'contents-1.log' };
const ENGINE: EngineEntry = { name: 'minio', pid: 12, url: 'http://127.0.0.1:1', log: 'minio.log' };

describe('cluster.json', () => {
  let folder: string;
  let file: ClusterFile;
  const logger = new SilentLogger();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-cluster-file-'));
    file = new ClusterFile(folder, logger);
  });
  afterEach(() => rm(folder, { recursive: true }));
  const content = async () => JSON.parse(await readFile(join(folder, 'cluster.json'), 'utf8')) as unknown;

  it('tells what runs', async () => {
    file.showProcess(CONTENTS);
    file.showEngine(ENGINE);
    expect(await content()).toEqual({ processes: [CONTENTS], engines: [ENGINE] });
    file.showProcess({ ...CONTENTS, pid: 13 });
    // The end of the one before is told late.
    file.hideProcess(CONTENTS);
    file.hideEngine(ENGINE);
    expect(await content()).toEqual({ processes: [{ ...CONTENTS, pid: 13 }], engines: [] });
    file.clear();
    expect(await content()).toEqual({ processes: [], engines: [] });
  });

  it('is true again as soon as it can be written, and fails nobody until then', async () => {
    file.showProcess(CONTENTS);
    const [told, toldBetter] = [vi.spyOn(logger, 'error'), vi.spyOn(logger, 'info')];
    // As a full disk does, it lets no new file be written.
    const hindrance = join(folder, 'cluster.json.new');
    await mkdir(hindrance);
    file.showEngine(ENGINE);
    file.hideProcess(CONTENTS);
    expect(await content()).toEqual({ processes: [CONTENTS], engines: [] });
    await rmdir(hindrance);
    await expect.poll(content).toEqual({ processes: [], engines: [ENGINE] });
    // Once, however often it fails.
    expect([told.mock.calls.length, toldBetter.mock.calls.length]).toEqual([1, 1]);
  });
});
