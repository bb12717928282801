import { RepriseError } from '@reprise/kernel';
import { encodeFileForm, type FileForm } from './file-form.js';

export interface ApiClientOptions {
  /** Base URL of the installation; it may carry a path. */
  url: string;
  clientId: string;
  clientSecret: string;
}

/** An answer of 400 and more. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly details: readonly string[] = [],
    readonly code?: string,
  ) {
    super(details.length > 0 ? `${message}: ${details.join(' ')}` : message);
  }
}

export type Body = { json: unknown } | { text: string } | { form: FormData } | { upload: FileForm };

/** The gateway's REST API for a program of ours: signs in by itself, errors as {@link ApiError}. */
export class ApiClient {
  private token?: Promise<string>;

  constructor(private readonly options: ApiClientOptions) {}

  get<T>(path: string, headers?: Record<string, string>): Promise<T> {
    return this.call<T>('GET', path, undefined, headers);
  }

  post<T>(path: string, body?: Body, headers?: Record<string, string>): Promise<T> {
    return this.call<T>('POST', path, body, headers);
  }

  put<T>(path: string, body?: Body): Promise<T> {
    return this.call<T>('PUT', path, body);
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /**
   * The answer as it came, if it is a good one. A token that is over is renewed once, for jobs are followed for longer than one lives.
   * Errors: {@link ApiError}; `api.unreachable` (unavailable) when nobody answers.
   */
  async send(method: string, path: string, body?: Body, headers: Record<string, string> = {}): Promise<Response> {
    const known = this.token;
    let answer = await this.attempt(method, path, body, headers);
    if (answer.status === 401 && known) {
      await answer.body?.cancel();
      if (this.token === known) delete this.token;
      answer = await this.attempt(method, path, body, headers);
    }
    if (answer.status === 401) delete this.token;
    if (!answer.ok) throw await errorOf(answer, path);
    return answer;
  }

  private async attempt(method: string, path: string, body: Body | undefined, headers: Record<string, string>): Promise<Response> {
    const authorization = `Bearer ${await this.signIn()}`;
    const { headers: type, ...sent } = content(body);
    return this.reach(path, { method, headers: { ...headers, ...type, authorization }, ...sent });
  }

  private async call<T>(method: string, path: string, body?: Body, headers?: Record<string, string>): Promise<T> {
    const answer = await this.send(method, path, body, headers);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private signIn(): Promise<string> {
    this.token ??= this.askForToken().catch((error: unknown) => {
      delete this.token;
      throw error;
    });
    return this.token;
  }

  private async askForToken(): Promise<string> {
    const { clientId, clientSecret } = this.options;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'squidex-api' });
    const answer = await this.reach('/identity-server/connect/token', { method: 'POST', body: form });
    if (answer.ok) return ((await answer.json()) as { access_token: string }).access_token;
    if (answer.status >= 500) throw await errorOf(answer, 'the token endpoint');
    await answer.body?.cancel();
    throw new ApiError(401, `Nobody signs in as '${clientId}' with this secret. Check the client's id and secret`);
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    const url = /^https?:/.test(path) ? path : this.options.url.replace(/\/+$/, '') + path;
    try {
      return await fetch(url, init);
    } catch (cause) {
      const reason =
        cause instanceof Error && cause.cause instanceof Error ? cause.cause.message || (cause.cause as NodeJS.ErrnoException).code : String(cause);
      throw new RepriseError('unavailable', 'api.unreachable', `Nobody answers at ${this.options.url} (${reason}). Is Reprise running there?`, { cause });
    }
  }
}

/** Anew for each attempt: a stream can be sent once. */
function content(body: Body | undefined): { body?: string | FormData | ReadableStream; headers: Record<string, string>; duplex?: 'half' } {
  if (!body) return { headers: {} };
  if ('form' in body) return { body: body.form, headers: {} };
  if ('upload' in body) {
    const form = encodeFileForm(body.upload);
    return { body: form.body, headers: { 'content-type': form.contentType }, duplex: 'half' };
  }
  return { body: 'text' in body ? body.text : JSON.stringify(body.json), headers: { 'content-type': 'application/json' } };
}

async function errorOf(answer: Response, path: string): Promise<ApiError> {
  const text = await answer.text();
  try {
    const { message, details, errorCode } = JSON.parse(text) as { message: string; details?: string[]; errorCode?: string };
    return new ApiError(answer.status, message, details, errorCode);
  } catch {
    const meanings: Record<number, string> = { 401: 'The sign-in is not valid', 403: 'This is not allowed', 404: `There is nothing at ${path.split('?')[0]}` };
    return new ApiError(answer.status, meanings[answer.status] ?? `The answer was ${answer.status} ${answer.statusText}`);
  }
}
