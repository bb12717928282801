import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RegistryStore, type SigningKey } from '@reprise/app-registry-core';
import { Clock, newId } from '@reprise/kernel';

/** The keys that tokens are signed with; the first is made when it is first needed. Only the newest signs, all verify. */
@Injectable()
export class SigningKeys {
  private known = new Map<string, SigningKey>();

  constructor(
    private readonly store: RegistryStore,
    private readonly clock: Clock,
  ) {}

  async current(): Promise<SigningKey> {
    const [newest] = await this.store.credentials.signingKeys();
    if (newest) return newest;
    return this.store.credentials.ensureSigningKey({ id: newId(), secret: randomBytes(32).toString('base64url'), created: this.clock.now() });
  }

  async byId(id: string): Promise<SigningKey | undefined> {
    if (!this.known.has(id)) this.known = new Map((await this.store.credentials.signingKeys()).map((key) => [key.id, key]));
    return this.known.get(id);
  }
}
