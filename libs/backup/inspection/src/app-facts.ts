import { shownName } from '@reprise/backup-archive';
import { MAX_LISTED, type RestoreReport } from '@reprise/backup-core';
import { MOST_OF_A_KIND } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { type JsonObject, text } from '@reprise/json-text';

const LONGEST_NAME = 100;

/** Who may do what in the archive's app, folded from its events: reported before the name is taken. */
export class AppFacts {
  private readonly clients = new Set<string>();
  private readonly roles = new Set<string>();
  private readonly languages = new Set<string>();
  private readonly workflows = new Set<string>();
  private readonly contributors = new Map<string, string>();

  /** Whether an event of the type has something to say here. */
  static concerns(type: string): boolean {
    return Object.hasOwn(FOLDS, plain(type));
  }

  /** Error `archive.app-too-complex` (limit). */
  apply(type: string, payload: JsonObject): void {
    FOLDS[plain(type)]?.(payload, this);
    const { clients, roles, languages, workflows, contributors } = this;
    for (const [name, { size }] of Object.entries({ clients, roles, languages, workflows, contributors })) {
      if (size <= MOST_OF_A_KIND) continue;
      throw new RepriseError(
        'limit',
        'archive.app-too-complex',
        `The archive's app has more than ${MOST_OF_A_KIND} ${name} at once, far more than an app needs.`,
      );
    }
  }

  report(users: Record<string, string>): Pick<RestoreReport, 'clients' | 'roles' | 'contributors'> {
    return {
      clients: [...this.clients].slice(0, MAX_LISTED),
      roles: [...this.roles].slice(0, MAX_LISTED),
      contributors: [...this.contributors].slice(0, MAX_LISTED).map(([id, role]) => ({ user: Object.hasOwn(users, id) ? users[id]! : id, role })),
    };
  }

  static readonly folds: Record<string, (payload: JsonObject, facts: AppFacts) => unknown> = {
    appclientattached: (payload, { clients }) => clients.add(named(payload, 'id')),
    appclientrevoked: (payload, { clients }) => clients.delete(named(payload, 'id')),
    approleadded: (payload, { roles }) => roles.add(named(payload, 'name')),
    approledeleted: (payload, { roles }) => roles.delete(named(payload, 'name')),
    applanguageadded: (payload, { languages }) => languages.add(named(payload, 'language')),
    applanguageremoved: (payload, { languages }) => languages.delete(named(payload, 'language')),
    appworkflowadded: (payload, { workflows }) => workflows.add(named(payload, 'workflowId')),
    appworkflowdeleted: (payload, { workflows }) => workflows.delete(named(payload, 'workflowId')),
    appcontributorassigned: (payload, { contributors }) =>
      contributors.set(named(payload, 'contributorId'), named(payload, 'role') || named(payload, 'permission')),
    appcontributorremoved: (payload, { contributors }) => contributors.delete(named(payload, 'contributorId')),
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
