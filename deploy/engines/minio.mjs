import { bin, isInPath, pinned } from './folder.mjs';

// The last release of the community edition.
const VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c';

export const minio = {
  name: 'MinIO',
  /** The setting that leads the tests to another one. */
  address: 'REPRISE_TEST_S3_ENDPOINT',
  how: `go install github.com/minio/minio@${VERSION} (5 minutes and more)`,
  ...pinned('minio', VERSION),
  hindrance() {
    return isInPath('go') ? undefined : 'There is no Go (1.24 or later) here. The tests take any S3 server at REPRISE_TEST_S3_ENDPOINT.';
  },
  steps: () => [['go', ['install', `github.com/minio/minio@${VERSION}`], { GOBIN: bin }]],
};
