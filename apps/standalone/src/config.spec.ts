import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '@reprise/settings';
import { readConfig } from './config.js';

describe('The settings', () => {
  it('have the documented defaults', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      dataDir: resolve('data'),
      archiveDir: resolve('data/archives'),
      baseUrl: 'http://localhost:8080',
      rootClientId: 'root',
      maxBackupsPerApp: 10,
      restoreAllowedHosts: [],
      linkTtlSeconds: 30 * 86_400,
      limits: { maxEventBytes: 16 * 1024 ** 2, maxRatio: 200, maxArchiveBytes: 64 * 1024 ** 3, maxEntries: 25_000_000 },
    });
  });

  it('are read', () => {
    const config = readConfig({
      PORT: '9000',
      REPRISE_DATA_DIR: join(tmpdir(), 'data'),
      REPRISE_ARCHIVE_DIR: join(tmpdir(), 'archives'),
      REPRISE_BASE_URL: 'https://example.com/squidex/',
      REPRISE_ROOT_CLIENT_ID: 'admin',
      REPRISE_ROOT_CLIENT_SECRET: 'xeLd6jFxqbXJrfmNlLO2j1apagGGGSyZJhFnIuHp4I0=',
      REPRISE_MAX_BACKUPS_PER_APP: '3',
      REPRISE_RESTORE_ALLOWED_HOSTS: 'localhost, 10.0.0.0/8 [::1] fd00::/8',
      REPRISE_LINK_TTL: '12h',
      REPRISE_MAX_EVENT_BYTES: '1048576',
      REPRISE_MAX_ENTRY_RATIO: '300',
      REPRISE_MAX_ARCHIVE_BYTES: '2 GiB',
      REPRISE_MAX_ENTRIES: '1000',
    });
    expect(config).toMatchObject({
      port: 9000,
      archiveDir: join(tmpdir(), 'archives'),
      baseUrl: 'https://example.com/squidex',
      rootClientId: 'admin',
      maxBackupsPerApp: 3,
      linkTtlSeconds: 43_200,
      limits: { maxEventBytes: 1_048_576, maxRatio: 300, maxArchiveBytes: 2 * 1024 ** 3, maxEntries: 1_000 },
    });
    expect(config.restoreAllowedHosts).toEqual(['localhost', '10.0.0.0/8', '[::1]', 'fd00::/8']);
  });

  it('count as not set when they are empty', () => {
    expect(readConfig({ PORT: '', REPRISE_ROOT_CLIENT_SECRET: ' ' })).toMatchObject({ port: 8080 });
  });

  it.each([
    ['30d', 2_592_000],
    ['90m', 5_400],
    ['45', 45],
    ['2 hours', 7_200],
    ['30 days', 2_592_000],
  ])('know the duration %s', (text, seconds) => {
    expect(readConfig({ REPRISE_LINK_TTL: text }).linkTtlSeconds).toBe(seconds);
  });

  it.each(['10ours', '5 in', '0', '-1', '1.5h', '999999999d', 'forever'])("don't know the duration %s", (text) => {
    expect(() => readConfig({ REPRISE_LINK_TTL: text })).toThrow('REPRISE_LINK_TTL');
  });

  it.each([
    ['16MiB', 16_777_216],
    ['300 KiB', 307_200],
    ['70000', 70_000],
    ['70000 bytes', 70_000],
  ])('know the size %s', (text, bytes) => {
    expect(readConfig({ REPRISE_MAX_EVENT_BYTES: text }).limits.maxEventBytes).toBe(bytes);
  });

  it.each(['16MB', '1.5 MiB', '64 MiB', '1000', '-1', 'large'])("don't know the size %s of an event", (text) => {
    expect(() => readConfig({ REPRISE_MAX_EVENT_BYTES: text })).toThrow('REPRISE_MAX_EVENT_BYTES');
  });

  it.each(['999.1.1.1/8', '10.0.0.0/99', 'a b/'])("don't know the host %s", (text) => {
    expect(() => readConfig({ REPRISE_RESTORE_ALLOWED_HOSTS: text })).toThrow('REPRISE_RESTORE_ALLOWED_HOSTS');
  });

  it('are all named when they are bad, without their values', () => {
    const bad = {
      PORT: '80x',
      REPRISE_BASE_URL: 'ftp://secret-host',
      REPRISE_DATA_DIR: import.meta.filename,
      REPRISE_ARCHIVE_DIR: join(import.meta.filename, 'below-a-file'),
      REPRISE_ROOT_CLIENT_ID: 'colon:inside',
      REPRISE_MAX_BACKUPS_PER_APP: '-73',
      REPRISE_RESTORE_ALLOWED_HOSTS: 'http://host/',
      REPRISE_LINK_TTL: 'soon',
      REPRISE_MAX_EVENT_BYTES: '17GiB',
      REPRISE_MAX_ENTRY_RATIO: '149',
      REPRISE_MAX_ARCHIVE_BYTES: 'much',
      REPRISE_MAX_ENTRIES: '3.5',
    };
    const error = (() => {
      try {
        readConfig(bad);
      } catch (thrown) {
        return thrown as ConfigError;
      }
      throw new Error('Nothing was thrown.');
    })();
    expect(error.problems.map((problem) => problem.split(' ')[0])).toEqual(Object.keys(bad));
    for (const value of Object.values(bad)) expect(error.message).not.toContain(value);
  });
});
