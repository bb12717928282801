import * as contracts from '@reprise/contracts';
import { type BodyOf, type FactContract, type PublicFact, type PublicFactKey, publicFacts, publicType } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { encodeBody, parseBody, type FactSubscription } from '@reprise/messaging-core';
import type { ConfirmedPublisher } from '@reprise/amqp';
import type { DownloadLinks } from './download-links.js';

type JobFact = BodyOf<typeof contracts.backupCompleted>;

/** The group that hears of jobs' ends for others. */
const GROUP = 'amqp';

const CONTRACTS: Record<PublicFactKey, FactContract<JobFact>> = {
  'backup.completed': contracts.backupCompleted,
  'backup.failed': contracts.backupFailed,
  'backup.cancelled': contracts.backupCancelled,
  'restore.completed': contracts.restoreCompleted,
  'restore.failed': contracts.restoreFailed,
  'restore.cancelled': contracts.restoreCancelled,
  'verification.completed': contracts.verificationCompleted,
  'verification.failed': contracts.verificationFailed,
  'verification.cancelled': contracts.verificationCancelled,
  'proof.completed': contracts.proofCompleted,
  'proof.failed': contracts.proofFailed,
  'proof.cancelled': contracts.proofCancelled,
};

/** Facts among our services, told to others by that exchange. A fact counts as heard when the broker has what follows from it. */
export function factSubscriptions(publisher: () => Promise<ConfirmedPublisher>, exchange: string, links: DownloadLinks): FactSubscription[] {
  return (Object.keys(publicFacts) as PublicFactKey[]).map((key) => ({
    channel: 'fact',
    name: CONTRACTS[key].name,
    group: GROUP,
    handle: async ({ body, correlationId }) => {
      const fact = CONTRACTS[key].body.safeParse(parseBody(body));
      if (!fact.success) throw new RepriseError('invalid', 'message.invalid', `The body of ${key} is not what was agreed.`, { cause: fact.error });
      await tell(await publisher(), exchange, key, fact.data, links, correlationId);
    },
  }));
}

async function tell(
  publisher: ConfirmedPublisher,
  exchange: string,
  key: PublicFactKey,
  fact: JobFact,
  links: DownloadLinks,
  correlationId: string,
): Promise<void> {
  const { archive, app, ...rest } = fact;
  const body: PublicFact = {
    ...rest,
    ...(app ? { app } : {}),
    ...(archive && app ? { archive: { size: archive.size, ...links.of(fact.jobId, app.id, archive.link) } } : {}),
  };
  await publisher.publish(exchange, key, encodeBody(body), {
    contentType: 'application/json',
    type: publicType(key),
    // The same when it is told again: whoever must not act twice can tell.
    messageId: `${fact.jobId}.${key}`,
    correlationId,
    appId: 'reprise',
    persistent: true,
    // Under the app's name too, for those who may hear of that app alone; a queue that is bound to both gets it once.
    ...(app ? { BCC: [`${key}.${app.name}`] } : {}),
  });
}
