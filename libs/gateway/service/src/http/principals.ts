import { verifyToken, type Principal } from '@reprise/contracts';
import { Clock } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';

const KEPT_MS = 10_000;
const MOST = 1_000;

/** Tokens as principals. An answer is kept for ten seconds, so that a client that was revoked is out soon after. */
@Injectable()
export class Principals {
  private readonly known = new Map<string, { principal: Principal; until: number }>();

  constructor(
    private readonly bus: PatientBus,
    private readonly clock: Clock,
  ) {}

  /** Error `auth.invalid-token` (unauthenticated). */
  async of(token: string): Promise<Principal> {
    const now = this.clock.elapsed();
    const known = this.known.get(token);
    if (known && now < known.until) return known.principal;
    this.known.delete(token);
    const { principal } = await this.bus.request(verifyToken, { token });
    if (this.known.size >= MOST) this.known.delete(this.known.keys().next().value!);
    this.known.set(token, { principal, until: now + KEPT_MS });
    return principal;
  }
}
