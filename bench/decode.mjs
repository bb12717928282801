/** Reading an archive to the end, every entry inflated, checked and decoded, against `unzip -tqq`, which inflates and checks alone, and unzipper. */
import { ArchivePool, ArchiveReader, inspectEvents } from '@reprise/backup-archive';
import unzipper from 'unzipper';
import { withArchive } from './support/archive-file.mjs';
import { interleaved, median, perSecond, ratioOf, seconds } from './support/rounds.mjs';
import { tool } from './support/tools.mjs';

const ATTACHMENTS = 'attachments/00/'.length;

export async function bench({ archive, rounds, say }) {
  const pool = new ArchivePool();
  let entries = 0;
  const decode = () =>
    withArchive(archive, async (source) => {
      const reader = await ArchiveReader.open(source);
      for await (const run of inspectEvents(reader, pool)) void run;
      for (const path of reader.attachmentPaths()) for (const entry of reader.attachments(path.slice(ATTACHMENTS))) await reader.readEntry(entry);
      entries = reader.entries;
    });
  const readAll = async () => {
    const { files } = await unzipper.Open.file(archive);
    for (const file of files) await file.buffer();
  };
  try {
    // As in a server that runs: its threads are there.
    await decode();
    const figures = await interleaved(rounds, say, {
      decode: () => seconds(decode),
      'unzip -tqq': () => seconds(() => tool('unzip', ['-tqq', archive])),
      unzipper: () => seconds(readAll),
    });
    return [
      { bar: 'decode and check all entries, against unzip -tqq', ratio: ratioOf(figures, 'decode', 'unzip -tqq'), goal: 2.5 },
      { bar: '  decode, entries per second', value: perSecond(entries, median(figures.decode)) },
      { bar: '  against unzipper', value: ratioOf(figures, 'decode', 'unzipper').toFixed(3) },
    ];
  } finally {
    await pool.destroy();
  }
}
