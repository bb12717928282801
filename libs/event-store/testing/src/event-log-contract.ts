import type { EventLog } from '@reprise/event-store-core';
import { newId } from '@reprise/kernel';
import { afterEach, beforeEach, describe } from 'vitest';
import { appendContract } from './append-contract.js';
import { erasureContract } from './erasure-contract.js';
import { importContract } from './import-contract.js';
import { readContract } from './read-contract.js';
import { writersProperty } from './writers-property.js';

export interface LogUnderTest {
  log: EventLog;
  close(): Promise<void>;
}

/** What each test works with: `log()` is the adapter, `appId()` an app that nobody has used. */
export interface LogContext {
  log: () => EventLog;
  appId: () => string;
}

/** What every adapter of the event log promises. `runs` of the many writers: fewer where each call goes to a server. */
export function eventLogContract(name: string, open: () => Promise<LogUnderTest>, { runs = 15 } = {}): void {
  describe(`${name} as an event log`, () => {
    let subject: LogUnderTest;
    let appId: string;
    const context: LogContext = { log: () => subject.log, appId: () => appId };

    beforeEach(async () => {
      subject = await open();
      appId = newId();
    });
    afterEach(() => subject.close());

    describe('appending', () => appendContract(context));
    describe('reading', () => readContract(context));
    describe('importing', () => importContract(context));
    describe('erasing', () => erasureContract(context));
    describe('many writers at once', () => writersProperty(context, runs));
  });
}
