import { setTimeout as pause } from 'node:timers/promises';
import { ApiClient, ApiError, type Body } from '@reprise/gateway-client';
import { isRepriseError } from '@reprise/kernel';

/** What a gateway that is away, or whose services are, may answer. */
const AWAY: ReadonlySet<number> = new Set([503, 504]);
const PATIENCE_MS = 240_000;
const PAUSE_MS = 250;

/** Asks again while a part of the installation is away. Whatever else is answered is an answer: a 500 most of all. */
export class PatientClient extends ApiClient {
  override async send(method: string, path: string, body?: Body, headers: Record<string, string> = {}): Promise<Response> {
    return patiently(async () => {
      const answer = await super.send(method, path, body, headers);
      // A gateway may be gone before it has said all; what is short is read here, where it can be asked for again.
      if (!answer.headers.get('content-type')?.includes('json')) return answer;
      const { status } = answer;
      const text = await answer.text();
      return new Response(text === '' ? null : text, { status, headers: answer.headers });
    });
  }
}

/** Errors that say that somebody is away are waited out. */
export async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!saysAway(error) || performance.now() > deadline) throw error;
      await pause(PAUSE_MS);
    }
  }
}

function saysAway(error: unknown): boolean {
  if (error instanceof ApiError) return AWAY.has(error.status);
  // What fetch throws when a connection ends in the middle of an answer.
  return (isRepriseError(error) && error.code === 'api.unreachable') || error instanceof TypeError;
}
