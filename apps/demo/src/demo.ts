import { differences, followRestore, makeBackup, readApp, restoreFile, type AppContents, type JobFigures } from '@reprise/gateway-client';
import { ServerProcess } from '@reprise/server-process';
import { changeApp } from './changes.js';

export interface DemoOptions {
  /** The built standalone. */
  main: string;
  /** The archive that it begins with. */
  archive: string;
  print: (line: string) => void;
}

/**
 * Restores an archive, changes the app, backs it up, restores that under another name, compares the two; all over REST, against a
 * Reprise of its own. Answers whether they are the same.
 */
export async function demo({ main, archive, print }: DemoOptions): Promise<boolean> {
  const server = await ServerProcess.start({ main });
  print(`Reprise runs at ${server.url} with its data in ${server.dataDir}`);
  try {
    const { client } = server;
    const restored = completed(await followRestore(client, await restoreFile(client, archive, { name: 'demo-first' })));
    print(`Restored ${archive.split(/[\\/]/).at(-1)} as 'demo-first': ${figures(restored)}`);
    const before = await readApp(client, 'demo-first');
    print(`  ${summary(before)}`);

    const changes = await changeApp(client, 'demo-first');
    print(`Changed it over REST: ${changes.join('; ')}`);

    const backup = completed(await makeBackup(client, 'demo-first'));
    print(`Backed it up: ${figures(backup)}, ${backup.archiveSize} bytes`);

    const link = server.url + backup._links['download']!.href;
    const { id } = await client.post<{ id: string }>('/api/restores', { json: { url: link, name: 'demo-second' } });
    const again = completed(await followRestore(client, id));
    print(`Restored the backup by its link as 'demo-second': ${figures(again)}`);

    const [first, second] = [await readApp(client, 'demo-first'), await readApp(client, 'demo-second')];
    const different = differences(first, second);
    print(`Compared both, object by object and file by file: ${summary(second)}`);
    for (const { kind, id: object, left, right } of different.slice(0, 20))
      print(`  DIFFERENT ${kind} ${object}\n    ${JSON.stringify(left)}\n    ${JSON.stringify(right)}`);
    if (different.length === 0 && differences(before, second).length === 0) throw new Error('The changes are missing in both apps.');
    print(different.length === 0 ? 'No difference.' : `${different.length} differences.`);
    return different.length === 0;
  } finally {
    const code = await server.stop();
    print(`Stopped with exit code ${code}; its data are removed.`);
  }
}

function completed<Job extends JobFigures & { log?: { message: string }[] }>(job: Job): Job {
  if (job.status === 'Completed') return job;
  throw new Error(`A job ended as ${job.status}: ${job.error?.message ?? job.log?.at(-1)?.message ?? 'no reason was given'}`);
}

function figures(job: JobFigures): string {
  const seconds = job.stopped ? (Date.parse(job.stopped) - Date.parse(job.started)) / 1000 : 0;
  return `${job.handledEvents} events and ${job.handledAssets} asset files in ${seconds.toFixed(2)} s`;
}

function summary(app: AppContents): string {
  return ['schemas', 'contents', 'assets', 'rules', 'languages', 'contributors', 'clients']
    .map((kind) => `${Object.keys(app[kind] ?? {}).length} ${kind}`)
    .join(', ');
}
