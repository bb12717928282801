import { RepriseError } from '@reprise/kernel';

export function unreachable(cause?: unknown): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.unreachable',
    'The message broker did not confirm a message. Check that it runs and can be reached, then try again.',
    { cause },
  );
}

export function blocked(reason: string): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.blocked',
    `The message broker takes nothing for now (${reason}). Give it memory or disk space, then try again.`,
  );
}

export function late(): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.late',
    'Whoever was asked had stood still, perhaps for longer than anybody waits for an answer. So it was not done: try again.',
  );
}

export function interrupted(cause?: unknown): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.interrupted',
    'Whoever was asked, or the way there, was gone before there was an answer. It may have been done all the same: look before trying again.',
    { cause },
  );
}
