/** The first backup of an app in standalone, against `zip -1` and archiver over the same files; and how large the archives are. */
import { createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import { interleaved, median, perSecond, ratioOf, seconds } from './support/rounds.mjs';
import { backUp, download, restore, withServer } from './support/server.mjs';
import { tool } from './support/tools.mjs';

export async function bench({ folder, archive, rounds, say }) {
  const [files, ours, zipped, archived] = ['files', 'ours.zip', 'zip.zip', 'archiver.zip'].map((name) => join(folder, name));
  let events = 0;

  const backup = () =>
    withServer(async (server) => {
      await restore(server, archive, 'bench');
      let job;
      const time = await seconds(async () => (job = await backUp(server, 'bench')));
      events = job.handledEvents;
      await download(server, job, ours);
      return time;
    });
  const unpack = () => {
    rmSync(files, { recursive: true, force: true });
    mkdirSync(files);
    tool('unzip', ['-qq', ours, '-d', files]);
  };
  const zip = async () => {
    // The files of the first backup do for all: no other differs but in ids.
    if (!statSync(files, { throwIfNoEntry: false })) unpack();
    rmSync(zipped, { force: true });
    return seconds(() => tool('zip', ['-1', '-q', '-r', zipped, '.'], { cwd: files }));
  };
  const archiver = () =>
    seconds(async () => {
      const packed = new ZipArchive({ zlib: { level: 1 } });
      const written = pipeline(packed, createWriteStream(archived));
      packed.directory(files, false);
      await packed.finalize();
      await written;
    });

  const figures = await interleaved(rounds, say, { backup, 'zip -1': zip, archiver });
  const size = statSync(ours).size / statSync(zipped).size;
  for (const file of [files, ours, zipped, archived]) rmSync(file, { recursive: true });
  return [
    { bar: 'backup in standalone, against zip -1 of the same files', ratio: ratioOf(figures, 'backup', 'zip -1'), goal: 0.6 },
    { bar: 'archive size, against zip -1', ratio: size, goal: 1.02 },
    { bar: '  backup, events per second', value: perSecond(events, median(figures.backup)) },
    { bar: '  against archiver', value: ratioOf(figures, 'backup', 'archiver').toFixed(3) },
  ];
}
