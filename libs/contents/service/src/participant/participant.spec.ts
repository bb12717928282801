import type { Principal } from '@reprise/contracts';
import { EventLog, newEvent } from '@reprise/event-store-core';
import type { StoredEvent } from '@reprise/event-store-core';
import { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContentsModule } from '../contents.module.js';
import { ContentsController } from '../contents/contents.controller.js';
import { ParticipantController } from './participant.controller.js';

const root: Principal = { actor: 'client:root', administrator: true };
const app = { id: 'a1', name: 'shop' };
const task = { jobId: 'job-1', segment: 'rebuild-contents', token: 't1', appId: 'a1' };

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.start({ module: ContentsModule });
});
afterEach(() => installation.close());

/** A restore's log: two schemas, one of them deleted, with contents of both. */
async function importShop(): Promise<number> {
  const events: StoredEvent[] = [];
  const add = (kind: string, id: string, type: string, payload: Record<string, unknown>) => {
    const stream = `${kind}-a1--${id}`;
    const version = events.filter((event) => event.stream === stream).length;
    const parts = { app, actor: 'client:root', eventId: `e${events.length}`, commitId: 'c', aggregateId: `a1--${id}`, timestamp: new Date(0) };
    events.push({ ...newEvent({ type, payload, ...parts }), stream, version, position: events.length + 1 });
  };
  for (const id of ['posts', 'old']) add('schema', id, 'SchemaCreatedEventV2', { schema: { name: id, isPublished: true }, schemaId: `${id},${id}` });
  for (let n = 0; n < 3; n++) add('content', `p${n}`, 'ContentCreatedEventV2', { status: 'Published', data: {}, contentId: `p${n}`, schemaId: 'posts,posts' });
  add('content', 'o1', 'ContentCreatedEventV2', { status: 'Published', data: {}, contentId: 'o1', schemaId: 'old,old' });
  add('content', 'p0', 'ContentDeletedEvent', { contentId: 'p0', schemaId: 'posts,posts' });
  add('schema', 'old', 'SchemaDeletedEvent', { schemaId: 'old,old' });
  add('rule', 'r1', 'RuleCreatedEventV2', { trigger: { triggerType: 'ManualTrigger' }, flow: {}, ruleId: 'r1' });
  await installation.get(EventLog).beginImport('a1', 'job-1');
  await installation.get(EventLog).importEvents('a1', 'job-1', events);
  return events.length;
}

const list = () => installation.get(ContentsController).list({ principal: root, app, schema: 'posts', unpublished: true, page: { skip: 0, take: 10 } });

describe('a restore', () => {
  it('rebuilds from the log and reports what is alive, also when it is asked twice', async () => {
    const to = await importShop();
    const participant = installation.get(ParticipantController);
    await participant.rebuild({ ...task, to });
    await participant.rebuild({ ...task, to });
    const report = {
      name: 'backup.segment-done',
      body: { jobId: 'job-1', segment: task.segment, token: 't1', result: { objects: { schemas: 1, contents: 2, contentsDeleted: 1, rules: 1 } } },
    };
    expect(installation.bus.enqueued).toMatchObject([report, report]);
    expect((await list()).total).toBe(2);
  });

  it('that is no longer wanted is left alone', async () => {
    installation.bus.alive = false;
    await installation.get(ParticipantController).rebuild({ ...task, to: await importShop() });
    expect(installation.bus.enqueued).toEqual([]);
  });

  it('that is discarded leaves nothing, and nothing that comes late is taken', async () => {
    const to = await importShop();
    const participant = installation.get(ParticipantController);
    await participant.rebuild({ ...task, to });
    await participant.discard({ ...task, segment: 'discard-contents' });
    await participant.discard({ ...task, segment: 'discard-contents' });
    await expect(list()).rejects.toMatchObject({ code: 'schemas.not-found' });
    await expect(participant.rebuild({ ...task, to })).rejects.toMatchObject({ code: 'read-models.discarded' });
  });

  it('that failed for good is told so', async () => {
    await installation.get(ParticipantController).giveUp(task, { kind: 'corrupt', code: 'x.y', message: 'Broken.' });
    expect(installation.bus.enqueued).toMatchObject([{ name: 'backup.segment-failed', body: { segment: 'rebuild-contents', error: { code: 'x.y' } } }]);
  });
});
