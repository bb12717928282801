/**
 * By hand: an asset of 5 GiB is uploaded, backed up into an archive of more than 4 GiB (zip64), which Info-ZIP and Python test, and restored; the file that
 * comes out is the one that went in. Takes some 30 GB of the temporary folder.
 */
import { createHash } from 'node:crypto';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomFile, uploadAsset } from './support/assets.mjs';
import { megabytes } from './support/processes.mjs';
import { backUp, download, measured, restore, withServer } from './support/server.mjs';
import { tool } from './support/tools.mjs';

const MIB = 1024 ** 2;
const TEST = 'import sys, zipfile; assert zipfile.ZipFile(sys.argv[1]).testzip() is None';

export async function bench({ folder, smoke, say }) {
  const size = (smoke ? 16 : 5 * 1_024) * MIB;
  const [file, archive] = [join(folder, 'asset.bin'), join(folder, 'asset.zip')];
  await randomFile(file, size);
  const sha256 = await digest(createReadStream(file));
  const rows = [];
  await withServer(async (server) => {
    const idle = megabytes(server.pid, 'VmRSS');
    const step = async (name, run) => {
      const { job, seconds, processor, peak } = await measured(server.pid, run);
      const value = `${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s, ${(peak - idle).toFixed(0)} MB above idle`;
      say(`${name}: ${value}`);
      rows.push({ bar: `asset of ${size / MIB} MiB, ${name}`, value });
      return job;
    };
    await server.client.post('/api/apps', { json: { name: 'bench' } });
    const asset = await step('upload', () => uploadAsset(server.client, 'bench', file));
    rmSync(file);
    const backup = await step('backup', () => backUp(server, 'bench'));
    await download(server, backup, archive);
    tool('unzip', ['-tqq', archive]);
    tool('python3', ['-c', TEST, archive]);
    await step('restore', () => restore(server, archive, 'again'));
    const restored = await server.client.send('GET', `/api/assets/again/${asset.id}/`);
    if ((await digest(restored.body)) !== sha256) throw new Error('The restored file differs from the one that was uploaded.');
  });
  rows.push({ bar: '  its archive, accepted by unzip -t and zipfile', value: `${statSync(archive).size.toLocaleString('en')} bytes` });
  rmSync(archive);
  return rows;
}

async function digest(source) {
  const hash = createHash('sha256');
  await pipeline(source, hash);
  return hash.digest('hex');
}
