import type { RestoreReport } from '@reprise/backup-core';

type Payload = Record<string, unknown>;

/** Who may do what in the archive's app, folded from its events: reported before the name is taken. */
export class AppFacts {
  private readonly clients = new Set<string>();
  private readonly roles = new Set<string>();
  private readonly contributors = new Map<string, string>();

  /** Whether an event of the type has something to say here. */
  static concerns(type: string): boolean {
    return Object.hasOwn(FOLDS, plain(type));
  }

  apply(type: string, payload: Payload): void {
    FOLDS[plain(type)]?.(payload, this);
  }

  report(users: Record<string, string>): Pick<RestoreReport, 'clients' | 'roles' | 'contributors'> {
    return {
      clients: [...this.clients],
      roles: [...this.roles],
      contributors: [...this.contributors].map(([id, role]) => ({ user: users[id] ?? id, role })),
    };
  }

  static readonly folds: Record<string, (payload: Payload, facts: AppFacts) => void> = {
    appclientattached: (payload, facts) => facts.clients.add(text(payload['id'])),
    appclientrevoked: (payload, facts) => facts.clients.delete(text(payload['id'])),
    approleadded: (payload, facts) => facts.roles.add(text(payload['name'])),
    approledeleted: (payload, facts) => facts.roles.delete(text(payload['name'])),
    appcontributorassigned: (payload, facts) => facts.contributors.set(text(payload['contributorId']), text(payload['role'] ?? payload['permission'])),
    appcontributorremoved: (payload, facts) => facts.contributors.delete(text(payload['contributorId'])),
  };
}

const FOLDS = AppFacts.folds;

/** The name without what versions add to it. */
function plain(type: string): string {
  return type.toLowerCase().replace(/event(v2)?$/, '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
