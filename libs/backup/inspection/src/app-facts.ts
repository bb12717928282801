import { shownName } from '@reprise/backup-archive';
import { MAX_LISTED, type RestoreReport } from '@reprise/backup-core';
import { type JsonObject, text } from '@reprise/json-text';

const LONGEST_NAME = 100;

/** Who may do what in the archive's app, folded from its events: reported before the name is taken. */
export class AppFacts {
  private readonly clients = new Set<string>();
  private readonly roles = new Set<string>();
  private readonly contributors = new Map<string, string>();

  /** Whether an event of the type has something to say here. */
  static concerns(type: string): boolean {
    return Object.hasOwn(FOLDS, plain(type));
  }

  apply(type: string, payload: JsonObject): void {
    FOLDS[plain(type)]?.(payload, this);
  }

  report(users: Record<string, string>): Pick<RestoreReport, 'clients' | 'roles' | 'contributors'> {
    return {
      clients: [...this.clients],
      roles: [...this.roles],
      contributors: [...this.contributors].map(([id, role]) => ({ user: Object.hasOwn(users, id) ? users[id]! : id, role })),
    };
  }

  static readonly folds: Record<string, (payload: JsonObject, facts: AppFacts) => void> = {
    appclientattached: (payload, facts) => add(facts.clients, named(payload, 'id')),
    appclientrevoked: (payload, facts) => facts.clients.delete(named(payload, 'id')),
    approleadded: (payload, facts) => add(facts.roles, named(payload, 'name')),
    approledeleted: (payload, facts) => facts.roles.delete(named(payload, 'name')),
    appcontributorassigned: (payload, { contributors }) => {
      const id = named(payload, 'contributorId');
      if (contributors.has(id) || contributors.size < MAX_LISTED) contributors.set(id, named(payload, 'role') || named(payload, 'permission'));
    },
    appcontributorremoved: (payload, facts) => facts.contributors.delete(named(payload, 'contributorId')),
  };
}

const FOLDS = AppFacts.folds;

/** The name without what versions add to it. */
function plain(type: string): string {
  return type.toLowerCase().replace(/event(v2)?$/, '');
}

function named(payload: JsonObject, name: string): string {
  const value = text(payload, name);
  return value.length > LONGEST_NAME ? shownName(value) : value;
}

function add(names: Set<string>, name: string): void {
  if (names.size < MAX_LISTED) names.add(name);
}
