import { Injectable } from '@nestjs/common';
import { RegistryStore } from '@reprise/app-registry-core';
import type { User } from '@reprise/contracts';
import { hasCode, newId, RepriseError } from '@reprise/kernel';
import { derivedId } from '@reprise/read-models-core';

const EMAIL = /^[^\s@]+@[^\s@]+$/;

@Injectable()
export class Users {
  constructor(private readonly registry: RegistryStore) {}

  byIds(ids: readonly string[]): Promise<User[]> {
    return this.registry.users.byIds(ids);
  }

  /** The same `key` finds what it has made. Errors `users.email-invalid`, `users.email-taken`. */
  async create(email: string, displayName: string, key?: string): Promise<User> {
    const address = email.trim();
    if (!EMAIL.test(address)) {
      throw new RepriseError('invalid', 'users.email-invalid', 'Validation error', { details: ['email: Email is not a valid e-mail address.'] });
    }
    const id = key === undefined ? newId() : derivedId('users', address, key);
    try {
      return await this.registry.users.create({ id, email: address, displayName: displayName.trim() || address });
    } catch (error) {
      const taken = hasCode(error, 'users.email-taken') ? await this.registry.users.byEmail(address) : undefined;
      if (taken?.id !== id) throw error;
      return taken;
    }
  }

  /** By id or e-mail; an unknown e-mail makes a user where `invite` allows it. Error `users.not-found`. */
  async findOrInvite(idOrEmail: string, invite: boolean): Promise<{ user: User; isCreated: boolean }> {
    const known = (await this.registry.users.byIds([idOrEmail]))[0] ?? (await this.registry.users.byEmail(idOrEmail));
    if (known) return { user: known, isCreated: false };
    if (!invite || !EMAIL.test(idOrEmail.trim())) throw new RepriseError('not-found', 'users.not-found', 'There is no such user.');
    try {
      return { user: await this.create(idOrEmail, ''), isCreated: true };
    } catch (error) {
      const other = hasCode(error, 'users.email-taken') ? await this.registry.users.byEmail(idOrEmail) : undefined;
      if (!other) throw error;
      return { user: other, isCreated: false };
    }
  }
}
