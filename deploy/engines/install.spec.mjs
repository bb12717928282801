import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const INSTALL = new URL('./install.mjs', import.meta.url).href;
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const VERSION = /VERSION = '(.*)'/.exec(readFileSync(join(FOLDER, 'minio.mjs'), 'utf8'))[1];

describe('Engines that are installed', () => {
  let folder;
  const program = () => join(folder, 'bin', 'minio');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-install-'));
    mkdirSync(join(folder, 'bin'));
    mkdirSync(join(folder, 'path'));
    mkdirSync(join(folder, 'no-path'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const there = (version) => {
    writeFileSync(program(), 'what was there');
    if (version) writeFileSync(join(folder, 'bin', '.minio.version'), version);
  };
  /** A Go that writes what it is asked for instead of building it. */
  const withGo = (script = 'echo "$2" > "$GOBIN/minio"') => {
    writeFileSync(join(folder, 'path', 'go'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'path', 'go'), 0o755);
    return [join(folder, 'path'), '/usr/bin', '/bin'].join(':');
  };
  const install = (PATH = join(folder, 'no-path')) => {
    const source = `const { engines, install } = await import('${INSTALL}'); console.log(install(engines.filter(({ name }) => name === 'MinIO')));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      env: { PATH, REPRISE_ENGINES_DIR: folder },
      encoding: 'utf8',
    });
    return { missing: Number(stdout), said: stderr.trim(), is: () => readFileSync(program(), 'utf8').trim() };
  };

  it('are not installed again', () => {
    const go = withGo();
    expect(install(go)).toMatchObject({ missing: 0, said: expect.stringContaining('installed in') });
    expect(install()).toMatchObject({ missing: 0, said: `MinIO: ${VERSION}, nothing to do` });
  });

  it('are taken for the version of then when they are from before versions were noted', () => {
    there();
    expect(install(withGo())).toMatchObject({ missing: 0, said: `MinIO: ${VERSION}, nothing to do` });
  });

  it('are replaced when they are of another version', () => {
    there('v1');
    const { missing, said, is } = install(withGo());
    expect([missing, is()]).toEqual([0, `github.com/minio/minio@${VERSION}`]);
    expect(said).toContain('in place of v1');
    expect(install()).toMatchObject({ missing: 0, said: `MinIO: ${VERSION}, nothing to do` });
  });

  it('stay in another version where the right one can’t be had', () => {
    there('v1');
    for (const path of [undefined, withGo('exit 1')]) {
      const { missing, said, is } = install(path);
      expect([missing, is()]).toEqual([0, 'what was there']);
      expect(said).toContain('v1, which is there, is used.');
    }
  });

  it('are missing where they can’t be had', () => {
    expect(install()).toMatchObject({ missing: 1, said: expect.stringContaining('There is no Go') });
    expect(install(withGo('exit 1'))).toMatchObject({ missing: 1, said: expect.stringContaining('failed with code 1') });
  });
});
