// What the boundary rule must refuse, were it in a core library; lint-boundaries.spec.mjs holds the rule to it.
import * as adapter from '@reprise/event-store-sqlite';
import * as service from '@reprise/backup-service';
import * as driver from 'amqplib';
import * as deep from '../../libs/kernel/src/errors.js';
import * as launcher from '@reprise/server-process';

export const forbidden = { adapter, service, driver, deep, launcher };
