import { RepriseError } from '@reprise/kernel';

/** What job stores refuse, in the same words whatever the engine. */
export function backupRunning(): RepriseError {
  return new RepriseError('invalid', 'backups.already-running', 'Another job is already running.');
}

export function backupLimitReached(limit: number): RepriseError {
  return new RepriseError('invalid', 'backups.limit-reached', `You cannot have more than ${limit} backups.`);
}

export function uploadUnknown(): RepriseError {
  return new RepriseError('invalid', 'restores.upload-unknown', 'The upload is not known or was used before. Upload the archive again.');
}

export function checkRunning(): RepriseError {
  return new RepriseError('invalid', 'checks.already-running', 'The same is being done with this backup already. Wait for its end.');
}
