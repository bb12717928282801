import { Injectable } from '@nestjs/common';
import { contentProjection, contentsUpcasters, ruleProjection, schemaProjection } from '@reprise/contents-core';
import { appendEvents } from '@reprise/contracts';
import type { ContentState, RuleState, SchemaState } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock, newId } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { CommandRunner, derivedId, Projector, ReadModelStore } from '@reprise/read-models-core';
import type { CommandResult, ComparedApps, Comparison, ObjectCommand, ReadQuery } from '@reprise/read-models-core';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Lists of schemas and rules are answered whole. */
const ALL = { skip: 0, take: 10_000 };

/** Schemas, contents and rules of all apps, as their events make them, and the way to change them. */
@Injectable()
export class ContentsModel {
  private readonly projector: Projector;
  private readonly runner: CommandRunner;

  constructor(reader: EventLogReader, store: ReadModelStore, bus: MessageBus, clock: Clock) {
    this.projector = new Projector({
      model: 'contents',
      projections: [schemaProjection, contentProjection, ruleProjection],
      reader,
      store,
      upcasters: contentsUpcasters,
    });
    this.runner = new CommandRunner({ projector: this.projector, reader, clock, append: (command) => bus.request(appendEvents, command) });
  }

  /** Reads behind it show everything that was acknowledged before. */
  catchUp(appId: string): Promise<number> {
    return this.projector.catchUp(appId);
  }

  run<State extends SchemaState | ContentState>(command: ObjectCommand<State>): Promise<CommandResult<State>> {
    return this.runner.run(command);
  }

  /** The id of a new object: the same again when its command is sent again. */
  newIdFor(appId: string, kind: string, key: string | undefined): string {
    return key === undefined ? newId() : derivedId(appId, kind, key);
  }

  /** By name, or by id where it is a GUID. Living ones only. */
  async schema(appId: string, nameOrId: string): Promise<SchemaState | undefined> {
    if (!GUID.test(nameOrId)) return this.schemaByName(appId, nameOrId);
    const schema = await this.projector.state<SchemaState>(appId, 'schema', nameOrId.toLowerCase());
    return schema?.isDeleted === false ? schema : undefined;
  }

  schemaByName(appId: string, name: string): Promise<SchemaState | undefined> {
    return this.projector.findFirst<SchemaState>(appId, 'schema', { name });
  }

  async schemas(appId: string): Promise<SchemaState[]> {
    return (await this.projector.find<SchemaState>(appId, 'schema', ALL)).items;
  }

  content(appId: string, id: string): Promise<ContentState | undefined> {
    return this.projector.state<ContentState>(appId, 'content', id);
  }

  contents(appId: string, query: ReadQuery): Promise<{ total: number; items: ContentState[] }> {
    return this.projector.find<ContentState>(appId, 'content', query);
  }

  async rules(appId: string): Promise<RuleState[]> {
    return (await this.projector.find<RuleState>(appId, 'rule', ALL)).items;
  }

  /** `alive` throws to stop it. */
  rebuild(appId: string, to: number, alive: () => Promise<void>): Promise<number> {
    return this.projector.rebuild(appId, to, alive);
  }

  /** `alive` throws to stop it. */
  compare(apps: ComparedApps, alive: () => Promise<void>): Promise<Comparison> {
    return this.projector.compare(apps, alive);
  }

  /** Alive by kind. Contents of a deleted schema are out of reach, so they don't count. */
  async counts(appId: string): Promise<Record<'schemas' | 'contents' | 'contentsDeleted' | 'rules', number>> {
    const counts = await this.projector.count(appId);
    let contents = 0;
    for (const schema of await this.schemas(appId)) contents += (await this.contents(appId, { parent: schema.id, skip: 0, take: 0 })).total;
    return {
      schemas: counts['schema']?.visible ?? 0,
      contents,
      contentsDeleted: counts['content']?.hidden ?? 0,
      rules: counts['rule']?.visible ?? 0,
    };
  }

  discard(appId: string): Promise<void> {
    return this.projector.discard(appId);
  }
}
