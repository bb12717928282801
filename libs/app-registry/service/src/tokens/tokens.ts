import { Injectable } from '@nestjs/common';
import { RegistryStore, sameSecret, secretEpoch, verifySecret } from '@reprise/app-registry-core';
import type { AppState, Principal } from '@reprise/contracts';
import { Clock, RepriseError } from '@reprise/kernel';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppModel } from '../apps/app-model.js';
import { RegistryConfig } from '../registry.config.js';
import { SigningKeys } from './signing-keys.js';

const ALGORITHM = 'HS256';
const AUDIENCE = 'reprise';

/** `sub`: the client's id; `app`: the app that it belongs to; `epoch`: stands for the secret that the token was given for. */
const Claims = z.object({ sub: z.string(), app: z.string().optional(), epoch: z.string() });
type Claims = z.infer<typeof Claims>;

/** OAuth2 client credentials: the root client, and clients of apps as `{app}:{clientId}`. */
@Injectable()
export class Tokens {
  constructor(
    private readonly config: RegistryConfig,
    private readonly store: RegistryStore,
    private readonly apps: AppModel,
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  /** Error `auth.invalid-client`. */
  async issue(clientId: string, clientSecret: string): Promise<{ accessToken: string; expiresInSeconds: number }> {
    const claims = (await this.rootClaims(clientId, clientSecret)) ?? (await this.appClaims(clientId, clientSecret));
    if (!claims) throw new RepriseError('unauthenticated', 'auth.invalid-client', 'The client id or its secret is wrong.');
    const key = await this.keys.current();
    const seconds = Math.floor(this.clock.now().getTime() / 1000);
    const accessToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: key.id })
      .setAudience(AUDIENCE)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + this.config.tokenLifetimeSeconds)
      .sign(Buffer.from(key.secret, 'base64url'));
    return { accessToken, expiresInSeconds: this.config.tokenLifetimeSeconds };
  }

  /** Checks the client too: revoking it, or giving it another secret, ends its tokens. Error `auth.invalid-token`. */
  async verify(token: string): Promise<Principal> {
    const claims = await this.claimsOf(token);
    const principal = claims.app === undefined ? await this.rootPrincipal(claims) : await this.appPrincipal(claims.sub, claims.app, claims.epoch);
    if (!principal) throw invalidToken();
    return principal;
  }

  /** A client by its id alone: whoever asks has made sure that it is the client. Error `auth.unknown-client`. */
  async principalOf(clientId: string): Promise<Principal> {
    const root = await this.store.credentials.rootClient();
    if (root?.id === clientId) return { actor: `client:${clientId}`, administrator: true };
    const found = await this.appClient(clientId);
    if (!found) throw new RepriseError('unauthenticated', 'auth.unknown-client', `There is no client '${clientId}'.`);
    const { app, id, client } = found;
    return { actor: `client:${app.name}:${id}`, administrator: false, app: { id: app.id, name: app.name, role: client.role } };
  }

  private async claimsOf(token: string): Promise<Claims> {
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid = '' }) => {
          const key = await this.keys.byId(kid);
          if (!key) throw invalidToken();
          return Buffer.from(key.secret, 'base64url');
        },
        { algorithms: [ALGORITHM], audience: AUDIENCE, currentDate: this.clock.now() },
      );
      return Claims.parse(payload);
    } catch (cause) {
      throw invalidToken(cause);
    }
  }

  private async rootClaims(clientId: string, clientSecret: string): Promise<Claims | undefined> {
    const root = await this.store.credentials.rootClient();
    if (root?.id !== clientId || !(await verifySecret(clientSecret, root.secretHash))) return undefined;
    return { sub: clientId, epoch: secretEpoch(root.secretHash) };
  }

  private async appClaims(clientId: string, clientSecret: string): Promise<Claims | undefined> {
    const found = await this.appClient(clientId);
    if (!found || !sameSecret(found.client.secret, clientSecret)) return undefined;
    return { sub: found.id, app: found.app.id, epoch: secretEpoch(found.client.secret) };
  }

  private async appClient(clientId: string) {
    const colon = clientId.indexOf(':');
    if (colon < 0) return undefined;
    const id = clientId.slice(colon + 1);
    const app = await this.apps.byName(clientId.slice(0, colon));
    const client = app && clientOf(app, id);
    return client && { app, id, client };
  }

  private async rootPrincipal({ sub, epoch }: Claims): Promise<Principal | undefined> {
    const root = await this.store.credentials.rootClient();
    if (root?.id !== sub || secretEpoch(root.secretHash) !== epoch) return undefined;
    return { actor: `client:${sub}`, administrator: true };
  }

  private async appPrincipal(clientId: string, appId: string, epoch: string): Promise<Principal | undefined> {
    const app = await this.apps.byId(appId);
    const client = app && clientOf(app, clientId);
    if (!client || secretEpoch(client.secret) !== epoch) return undefined;
    return { actor: `client:${app.name}:${clientId}`, administrator: false, app: { id: app.id, name: app.name, role: client.role } };
  }
}

function clientOf(app: AppState, id: string) {
  return Object.hasOwn(app.clients, id) ? app.clients[id] : undefined;
}

function invalidToken(cause?: unknown): RepriseError {
  return new RepriseError('unauthenticated', 'auth.invalid-token', 'The token is unknown, expired or no longer valid. Get a new one.', { cause });
}
