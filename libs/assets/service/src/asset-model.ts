import { Injectable } from '@nestjs/common';
import { assetFolderProjection, assetNotFound, assetProjection, assetUpcasters } from '@reprise/assets-core';
import { appendEvents, type AppRef, type AssetFolderState, type AssetState, type Principal } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { CommandRunner, Projector, ReadModelStore, type CommandResult, type DecidedEvent } from '@reprise/read-models-core';

const MODEL = 'assets';

export interface AssetCommand {
  app: AppRef;
  principal: Principal;
  key?: string | undefined;
  id: string;
  /** Stream kinds that the decision rests on beside the asset. */
  condition?: readonly string[];
  decide(asset: AssetState | undefined): readonly DecidedEvent[] | Promise<readonly DecidedEvent[]>;
}

/** Assets and their folders as their events make them. */
@Injectable()
export class AssetModel {
  readonly projector: Projector;
  private readonly runner: CommandRunner;

  constructor(reader: EventLogReader, store: ReadModelStore, bus: MessageBus, clock: Clock) {
    this.projector = new Projector({ model: MODEL, projections: [assetProjection, assetFolderProjection], reader, store, upcasters: assetUpcasters });
    this.runner = new CommandRunner({ projector: this.projector, reader, clock, append: (command) => bus.request(appendEvents, command) });
  }

  run({ principal, ...command }: AssetCommand): Promise<CommandResult<AssetState>> {
    return this.runner.run<AssetState>({ ...command, actor: principal.actor, kind: 'asset' });
  }

  /** Whatever was acknowledged before the call is shown by {@link projector} afterwards. */
  async catchUp(appId: string): Promise<void> {
    await this.projector.catchUp(appId);
  }

  /** As last shown; deleted ones too. */
  folder(appId: string, id: string): Promise<AssetFolderState | undefined> {
    return this.projector.state<AssetFolderState>(appId, 'assetFolder', id);
  }

  /** Error `assets.not-found`. */
  async find(appId: string, idOrSlug: string): Promise<AssetState> {
    await this.catchUp(appId);
    const byId = await this.projector.state<AssetState>(appId, 'asset', idOrSlug);
    if (byId && !byId.isDeleted) return byId;
    const bySlug = await this.projector.findFirst<AssetState>(appId, 'asset', { name: idOrSlug });
    if (!bySlug) throw assetNotFound(idOrSlug);
    return bySlug;
  }
}
