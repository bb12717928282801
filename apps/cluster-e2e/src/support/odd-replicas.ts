import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORKERS } from './running-cluster.js';

export type Oddity = 'next-version' | 'other-time' | 'delivered-twice';

/** Makes the first replica of each worker service that starts differ from the second, or all from what they are, by a module that Node loads before the program. */
export class OddReplicas {
  private constructor(
    private readonly oddity: Oddity,
    private readonly folder: string,
  ) {}

  static async of(oddity: Oddity): Promise<OddReplicas> {
    return new OddReplicas(oddity, await mkdtemp(join(tmpdir(), 'reprise-odd-')));
  }

  /** Of the whole cluster; processes that are no workers do nothing with it. */
  get env(): Record<string, string> {
    const module = new URL(`./odd/${this.oddity}.js`, import.meta.url);
    return { NODE_OPTIONS: `--import=${fileURLToPath(module)}`, REPRISE_ODD_FOLDER: this.folder };
  }

  /** How often each service's odd replicas made a difference, once all have ended. */
  differences(): Record<string, number> {
    const count = (service: string) => {
      const file = join(this.folder, service);
      if (!existsSync(file)) return 0;
      return readFileSync(file, 'utf8')
        .split('\n')
        .reduce((sum, line) => sum + Number(line), 0);
    };
    return Object.fromEntries(WORKERS.map((service) => [service, count(service)]));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
