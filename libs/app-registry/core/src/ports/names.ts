/** An app's place in the registry. */
export interface Registration {
  appId: string;
  name: string;
  /** `reserved`: the name is held for an app in the making; `living`; `deleted`: the name is free again, the app's backups stay. */
  state: 'reserved' | 'living' | 'deleted';
  /** Who made the reservation: a restore's job, or {@link createHolder}. */
  holder: string;
  /** Of the last change. */
  changed: Date;
}

const CREATE = 'create:';

/** Who holds a name while an app is created. The same command gets the same reservation again. */
export function createHolder(actor: string, key: string): string {
  return `${CREATE}${actor}:${key}`;
}

export function isCreateHolder(holder: string): boolean {
  return holder.startsWith(CREATE);
}

/**
 * Names of apps: reserve, take, release. A name is free, reserved or an app's; never two at once. Each call is one atomic, durable step
 * and may be repeated. Times are given by the caller, who has the clock.
 */
export abstract class NameRegistry {
  /**
   * Answers the reservation, or what it has become; the first one if this holder has one for the name already, whatever `appId` says.
   * Errors: `apps.name-taken` (conflict) when somebody else has the name, `apps.id-taken` (conflict) when the app has another place
   * already, `apps.discarded` (conflict) for an id that was discarded.
   */
  abstract reserve(request: { name: string; appId: string; holder: string; now: Date }): Promise<Registration>;
  /**
   * The reserved name becomes the app's, and the users that are reserved under the holder become real, in the same step.
   * Error `apps.reservation-lost` (conflict) without the holder's reservation.
   */
  abstract take(request: { name: string; appId: string; holder: string; now: Date }): Promise<void>;
  /** Ends the holder's reservation; no effect on a name that was taken, or is another's. */
  abstract release(request: { name: string; appId: string; holder: string }): Promise<void>;
  /** Soft delete: the name is free, the app is remembered as deleted. No effect on an app that isn't living. */
  abstract markDeleted(appId: string, now: Date): Promise<void>;

  /** By name: reserved or living. */
  abstract byName(name: string): Promise<Registration | undefined>;
  abstract byId(appId: string): Promise<Registration | undefined>;
  /** By name. */
  abstract living(): Promise<Registration[]>;
  /** Reservations that were last changed before `before`. */
  abstract reservations(before: Date): Promise<Registration[]>;
}
