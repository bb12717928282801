import { folder, isInPath, pinned } from './folder.mjs';

const VERSION = '0.5.3-beta.196';

/** MongoDB's protocol on its own storage engine. A program that tests start (GPL-2.0), never linked, never shipped. */
export const secantusdb = {
  name: "SecantusDB (MongoDB's protocol)",
  /** The setting that leads the tests to another one. */
  address: 'REPRISE_TEST_MONGODB_URL',
  how: `cargo install secantus-mdb ${VERSION} (6 minutes and more)`,
  ...pinned('secantusd-rs', VERSION),
  hindrance() {
    const missing = ['cargo', 'cmake', 'gcc'].filter((program) => !isInPath(program));
    return missing.length === 0 ? undefined : `There is no ${missing.join(', no ')} here. The tests take any MongoDB at REPRISE_TEST_MONGODB_URL.`;
  },
  steps: () => [['cargo', ['install', 'secantus-mdb', '--quiet', '--locked', '--force', '--version', VERSION, '--ignore-rust-version', '--root', folder]]],
};
