import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineKind, EnginePlace } from './engine.js';
import { isListening } from './ports.js';
import { programNamed, requiredProgram } from './programs.js';

/** MongoDB's wire protocol on MongoDB's storage engine; see SecantusDB in docs/reference/cluster.md, Engines. */
const PROGRAM = 'secantusd-rs';

export const mongoDb: EngineKind = { name: 'mongodb', ports: 1, isInstalled: () => programNamed(PROGRAM) !== undefined, at };

function at({ folder, ports }: EnginePlace): Engine {
  const [port] = ports as [number];
  const data = join(folder, 'data');
  return {
    name: 'mongodb',
    folder,
    url: `mongodb://127.0.0.1:${port}`,
    command: requiredProgram(PROGRAM),
    // Without syncing what was acknowledged is lost by a kill.
    args: ['--port', String(port), '--storage-path', data, '--sync-on-commit'],
    env: {},
    prepare: async () => {
      await mkdir(data, { recursive: true });
    },
    isReady: () => isListening(port),
  };
}
