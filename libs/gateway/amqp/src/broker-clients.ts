import { RepriseError } from '@reprise/kernel';

const ENTRY = /^([^=\s]+)=([^=\s]+)$/;
const APP_CLIENT = /^[^:]+:.+$/;

/**
 * Which client a user of the broker is. A user who is named like a client of an app, `{app}:{client}`, is that client; any other has to be named by the
 * operator, the root client above all, so that nobody becomes an administrator by what a user happens to be called.
 */
export class BrokerClients {
  constructor(private readonly named: ReadonlyMap<string, string> = new Map()) {}

  /** `user=client`, separated by commas or spaces. Error `amqp.clients-invalid` (invalid). */
  static parse(text: string): BrokerClients {
    const named = new Map<string, string>();
    for (const entry of text.split(/[\s,;]+/).filter(Boolean)) {
      const [, user, client] = ENTRY.exec(entry) ?? [];
      if (!user || !client || named.has(user)) {
        throw new RepriseError('invalid', 'amqp.clients-invalid', 'Users of the broker and their clients must be written as user=client, each user once.');
      }
      named.set(user, client);
    }
    return new BrokerClients(named);
  }

  /** The id of the client. Error `auth.unknown-client`. */
  of(user: string): string {
    const client = this.named.get(user) ?? (APP_CLIENT.test(user) ? user : undefined);
    if (client !== undefined) return client;
    throw new RepriseError('unauthenticated', 'auth.unknown-client', `The broker's user '${user}' is no client here. Name it in REPRISE_AMQP_CLIENTS.`);
  }
}
