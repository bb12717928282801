import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveObjects } from '@reprise/objects-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squidexSays } from './support/accepts.js';
import { atOnce } from './support/busy-app.js';
import { isFragment, Pauses } from './support/pauses.js';
import { ServerHere } from './support/server-here.js';
import { backUp, restore } from './support/standalone.js';
import { manyEvents } from './support/write-archive.js';
import { eventTexts, readZip } from '@reprise/backup-testing';

/** Three segments of an export, and 23 of an import. More of them is a matter of time alone. */
const EVENTS = 45_000;

describe(`An app with ${EVENTS} events`, () => {
  const pauses = new Pauses();
  let server: ServerHere;
  beforeAll(async () => void (server = await ServerHere.start(pauses.around)));
  afterAll(() => server.stop());

  it('goes round in many segments, of which some are exported before others write, and some behind', { timeout: 600_000 }, async () => {
    const { bytes, payloads } = await manyEvents(EVENTS);
    const file = join(server.dataDir, 'many.zip');
    await writeFile(file, bytes);
    const restored = await restore(server.client, file);
    expect([restored.handledEvents, restored.totalEvents, restored.report!['manifest']]).toEqual([EVENTS, EVENTS, 'proved']);
    expect(await server.client.get('/api/content/made/notes?$top=1', { 'x-unpublished': 'true' })).toMatchObject({ total: Math.ceil((EVENTS - 2) / 5) });

    const late = pauses.at(ArchiveObjects, 'put', isFragment('events', 20_001));
    const backup = backUp(server, 'made');
    await late.reached;
    await atOnce(20, async (writer) => {
      // Some in streams of which a segment is exported already, some in those of later ones.
      for (const content of [writer, 8_000 + writer]) await server.client.put(`/api/content/made/notes/content-${content}`, { text: '{"text":{"iv":"late"}}' });
      await server.client.post('/api/content/made/notes', { text: '{"text":{"iv":"new"}}' });
    });
    late.go();
    const { job, archive } = await backup;
    expect([job.handledEvents, job.totalEvents]).toEqual([EVENTS, EVENTS]);
    const texts = eventTexts(await readZip(archive));
    const different = texts.flatMap((text, number) => {
      const { p } = (JSON.parse(text) as { n: { p: string } }).n;
      return p === withAppOf(payloads[number]!, restored.appId!) ? [] : [{ number, p }];
    });
    expect(different.slice(0, 3)).toEqual([]);
    expect(texts).toHaveLength(EVENTS);
    expect(await squidexSays(archive, { strict: true })).toBeOneOf(['ACCEPTED', undefined]);
  });
});

/** The app's id as the restore changed it. */
function withAppOf(payload: string, appId: string): string {
  return payload.replace(/"appId":"[^,]*,/, `"appId":"${appId},`);
}
