import { Controller } from '@nestjs/common';
import { appendEvents, logCommitted, openLog, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { EventLog } from '@reprise/event-store-core';
import { Logger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest } from '@reprise/nest-kit';
import { EventStoreConfig } from '../event-store.config.js';
import { assertFitsArchive } from './event-size.js';

/** Appending to logs, for all services: this is the only writer. */
@Controller()
export class LogController {
  constructor(
    private readonly log: EventLog,
    private readonly bus: MessageBus,
    private readonly logger: Logger,
    private readonly config: EventStoreConfig,
  ) {}

  @OnRequest(appendEvents)
  async append(command: BodyOf<typeof appendEvents>): Promise<ReplyOf<typeof appendEvents>> {
    assertFitsArchive(command, this.config.maxEventBytes);
    const result = await this.log.append(command);
    await this.announce(command, result);
    return result;
  }

  @OnRequest(openLog)
  async open({ appId, holder }: BodyOf<typeof openLog>): Promise<ReplyOf<typeof openLog>> {
    const { position } = await this.log.endImport(appId, holder);
    return { head: position };
  }

  /** The fact is a hint that may be lost: an append that is durable must not fail for it. */
  private async announce({ appId, events }: BodyOf<typeof appendEvents>, { from, to }: ReplyOf<typeof appendEvents>): Promise<void> {
    try {
      await this.bus.publish(logCommitted, { appId, from, to, types: [...new Set(events.map((event) => event.type))] });
    } catch (error) {
      this.logger.warn('Services were not told of new events; they will find them when they look.', { appId, from, to, error });
    }
  }
}
