import { randomUUID } from 'node:crypto';
import { ApiClient, ApiError, type Body } from '@reprise/gateway-client';

/** What a gateway answers while a service is away or too slow: what was asked for may have been done. */
const PERHAPS_DONE: ReadonlySet<number> = new Set([503, 504]);
const ATTEMPTS = 10;

/** Asks again, with the same key, as the documentation says: what it asks for is done once. */
export class RepeatingClient extends ApiClient {
  override async send(method: string, path: string, body?: Body, headers: Record<string, string> = {}): Promise<Response> {
    const keyed = { 'idempotency-key': randomUUID(), ...headers };
    for (let attempt = 1; ; attempt++) {
      try {
        return await super.send(method, path, body, keyed);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof ApiError && PERHAPS_DONE.has(error.status))) throw error;
      }
    }
  }
}
