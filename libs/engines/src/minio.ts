import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineKind, EnginePlace } from './engine.js';
import { answersWith } from './ports.js';
import { programNamed, requiredProgram } from './programs.js';

export const minio: EngineKind = { name: 'minio', ports: 1, isInstalled: () => programNamed('minio') !== undefined, at };

function at({ folder, ports }: EnginePlace): Engine {
  const [port] = ports as [number];
  const data = join(folder, 'data');
  const [accessKey, secretKey] = ['reprise', 'reprise-on-loopback'];
  return {
    name: 'minio',
    folder,
    url: `http://127.0.0.1:${port}`,
    accessKey,
    secretKey,
    command: requiredProgram('minio'),
    args: ['server', '--quiet', '--address', `127.0.0.1:${port}`, data],
    env: { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' },
    prepare: async () => {
      await mkdir(data, { recursive: true });
    },
    isReady: () => answersWith(`http://127.0.0.1:${port}/minio/health/ready`, 200),
  };
}
