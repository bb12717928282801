import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineKind, EnginePlace } from './engine.js';
import { answersWith } from './ports.js';
import { programNamed, requiredProgram } from './programs.js';

export const seaweedFs: EngineKind = {
  name: 'seaweedfs',
  // For S3, master, volume and filer, and for what each says to the others (at 10,000 above, if it isn't told otherwise).
  ports: 8,
  isInstalled: () => programNamed('weed') !== undefined,
  at,
};

function at({ folder, ports }: EnginePlace): Engine {
  const [port, master, volume, filer, ...inside] = ports as [number, number, number, number, ...number[]];
  const data = join(folder, 'data');
  const settings = join(folder, 's3.json');
  const [accessKey, secretKey] = ['reprise', 'reprise-on-loopback'];
  return {
    name: 'seaweedfs',
    folder,
    url: `http://127.0.0.1:${port}`,
    accessKey,
    secretKey,
    command: requiredProgram('weed'),
    args: [
      'server',
      `-dir=${data}`,
      '-ip=127.0.0.1',
      '-ip.bind=127.0.0.1',
      `-master.port=${master}`,
      `-volume.port=${volume}`,
      ...['s3', 'master', 'volume', 'filer'].map((part, index) => `-${part}.port.grpc=${inside[index]}`),
      '-filer',
      `-filer.port=${filer}`,
      '-s3',
      `-s3.port=${port}`,
      `-s3.config=${settings}`,
      // Servers of other protocols, at ports that are the same for everybody.
      '-s3.port.iceberg=0',
      '-s3.port.lance=0',
      '-volume.max=50',
      '-master.volumeSizeLimitMB=1024',
    ],
    env: {},
    prepare: async () => {
      await mkdir(data, { recursive: true });
      const identity = { name: 'reprise', credentials: [{ accessKey, secretKey }], actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'] };
      await writeFile(settings, JSON.stringify({ identities: [identity] }));
    },
    // Its parts start one after the other: a bucket can be asked for only when the filer has a volume server.
    isReady: async () => (await answersWith(`http://127.0.0.1:${port}/`, 403)) && (await answersWith(`http://127.0.0.1:${master}/dir/assign`, 200)),
  };
}
