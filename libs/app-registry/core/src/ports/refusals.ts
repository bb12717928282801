import { RepriseError } from '@reprise/kernel';

/** What the registry's stores refuse, in the same words whatever the engine. */
export function nameTaken(name: string): RepriseError {
  return new RepriseError('conflict', 'apps.name-taken', `The name '${name}' is taken by another app, or by a job that makes one. Choose another name.`);
}

export function appIdTaken(): RepriseError {
  return new RepriseError('conflict', 'apps.id-taken', 'The app is registered under another name.');
}

export function reservationLost(name: string): RepriseError {
  return new RepriseError('conflict', 'apps.reservation-lost', `The name '${name}' is no longer reserved for this app.`);
}

export function appLiving(): RepriseError {
  return new RepriseError('conflict', 'apps.living', "The app has taken its name and is not the job's any more. Delete the app instead.");
}

export function appDiscarded(): RepriseError {
  return new RepriseError('conflict', 'apps.discarded', 'The app was discarded; its id is never used again.');
}

export function emailTaken(): RepriseError {
  return new RepriseError('invalid', 'users.email-taken', 'Validation error', { details: ['email: A user with this e-mail address already exists.'] });
}
