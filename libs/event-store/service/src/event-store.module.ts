import { Module } from '@nestjs/common';
import { LogController } from './log/log.controller.js';
import { EventExport } from './participant/event-export.js';
import { EventImport } from './participant/event-import.js';
import { ParticipantController } from './participant/participant.controller.js';

/** The event log's service. The app provides the ports: EventLog, EventStoreConfig, MessageBus, ArchiveObjects, ArchivePool, Clock, Logger. */
@Module({
  controllers: [LogController, ParticipantController],
  providers: [EventExport, EventImport],
})
export class EventStoreModule {}
