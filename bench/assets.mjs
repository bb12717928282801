/** The backup of an app whose data is one large asset: SHA-256 and CRC-32 of the file, and its way into the archive, against a plain copy. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { interleaved, median, ratioOf, seconds } from './support/rounds.mjs';
import { randomFile, uploadAsset } from './support/assets.mjs';
import { backUp, withServer } from './support/server.mjs';
import { tool } from './support/tools.mjs';

const MIB = 1024 ** 2;

export async function bench({ folder, smoke, rounds, say }) {
  const megabytes = smoke ? 16 : 1_024;
  const [file, copy] = [join(folder, 'large.bin'), join(folder, 'copy.bin')];
  await randomFile(file, megabytes * MIB);
  const figures = await interleaved(rounds, say, {
    backup: () =>
      withServer(async (server) => {
        await server.client.post('/api/apps', { json: { name: 'bench' } });
        await uploadAsset(server.client, 'bench', file);
        return seconds(() => backUp(server, 'bench'));
      }),
    // The archive is on the disk when its backup is Completed; so is the copy.
    'cp, sync': async () => {
      const time = await seconds(() => tool('sh', ['-c', 'cp "$1" "$2" && sync "$2"', 'sh', file, copy]));
      rmSync(copy);
      return time;
    },
    cp: async () => {
      const time = await seconds(() => tool('cp', [file, copy]));
      rmSync(copy);
      return time;
    },
  });
  rmSync(file);
  return [
    { bar: `asset of ${megabytes} MiB with SHA-256, against cp and sync`, ratio: ratioOf(figures, 'backup', 'cp, sync'), goal: 1.5 },
    { bar: '  backup, MiB per second', value: (megabytes / median(figures.backup)).toFixed(0) },
    { bar: '  against cp that leaves it in memory', value: ratioOf(figures, 'backup', 'cp').toFixed(3) },
  ];
}
