import type { Principal } from '@reprise/contracts';
import type { Installation } from '@reprise/service-testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppsController } from '../apps/apps.controller.js';
import { SettingsController } from '../apps/settings.controller.js';
import { RootClientNotice } from '../root-client/root-client.notice.js';
import { registryWith, startInstallation } from '../testing/installation.js';
import { TokensController } from './tokens.controller.js';

const root: Principal = { actor: 'client:root', administrator: true };
const DAY = 86_400_000;

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

const issue = (clientId: string, clientSecret: string) => installation.get(TokensController).issue({ clientId, clientSecret });
const verify = async (token: string) => (await installation.get(TokensController).verify({ token })).principal;
const invalidToken = { kind: 'unauthenticated', code: 'auth.invalid-token' };

describe('the root client', () => {
  it('gets tokens of 30 days for its secret, that outlive a restart', async () => {
    const { accessToken, expiresInSeconds } = await issue('root', 'root-secret');
    expect(expiresInSeconds).toBe(2_592_000);
    expect(await verify(accessToken)).toEqual(root);
    await installation.restart();
    expect(await verify(accessToken)).toEqual(root);
    installation.clock.forward(31 * DAY);
    await expect(verify(accessToken)).rejects.toMatchObject(invalidToken);
  });

  it('gets none for another secret or id', async () => {
    for (const [id, secret] of [
      ['root', 'wrong'],
      ['root', ''],
      ['admin', 'root-secret'],
      ['shop:web', 'x'],
      ['', ''],
    ] as const) {
      await expect(issue(id, secret)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'auth.invalid-client' });
    }
  });

  it('loses its tokens when another secret is given', async () => {
    const { accessToken } = await issue('root', 'root-secret');
    await installation.restart(registryWith({ rootClientSecret: 'other' }));
    await expect(verify(accessToken)).rejects.toMatchObject(invalidToken);
    await issue('root', 'other');
    await expect(issue('root', 'root-secret')).rejects.toMatchObject({ code: 'auth.invalid-client' });
  });

  it('is made at the first start, its secret told once', async () => {
    await installation.close();
    installation = await startInstallation({ rootClientSecret: undefined as never });
    const { secret } = installation.get(RootClientNotice);
    await issue('root', secret!);
    await installation.restart();
    expect(installation.get(RootClientNotice).secret).toBeUndefined();
    await issue('root', secret!);
  });
});

describe('a client that somebody else has identified', () => {
  const find = async (clientId: string) => (await installation.get(TokensController).find({ clientId })).principal;
  const unknown = { kind: 'unauthenticated', code: 'auth.unknown-client' };

  it('is the root client, or one of an app with its role, as long as it is there', async () => {
    expect(await find('root')).toEqual(root);
    const { app } = await installation.get(AppsController).create({ principal: root, name: 'shop' });
    const settings = installation.get(SettingsController);
    await settings.attachClient({ principal: root, app, id: 'web' });
    expect(await find('shop:web')).toEqual({ actor: 'client:shop:web', administrator: false, app: { id: app.id, name: 'shop', role: 'Editor' } });
    await settings.revokeClient({ principal: root, app, id: 'web' });
    await expect(find('shop:web')).rejects.toMatchObject(unknown);
    for (const id of ['', 'web', 'shop:', 'shop:other', 'other:web', 'shop:constructor', 'client:root']) await expect(find(id)).rejects.toMatchObject(unknown);
  });
});

describe('tokens', () => {
  it('that were not signed here, or not for this, are worth nothing', async () => {
    const { accessToken } = await issue('root', 'root-secret');
    const [header, payload, signature] = accessToken.split('.') as [string, string, string];
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of ['', 'abc', `${header}.${payload}.`, `${unsigned}.${payload}.`, `${header}.${payload}.${signature.slice(0, -4)}AAAA`]) {
      await expect(verify(token)).rejects.toMatchObject(invalidToken);
    }
  });

  it('of an app client carry its app and role, until it is revoked or the app goes', async () => {
    const { app } = await installation.get(AppsController).create({ principal: root, name: 'shop' });
    const settings = installation.get(SettingsController);
    const { app: withClient } = await settings.attachClient({ principal: root, app, id: 'web' });
    const secret = withClient.clients['web']!.secret;
    await expect(issue('shop:web', `${secret}x`)).rejects.toMatchObject({ code: 'auth.invalid-client' });
    const { accessToken } = await issue('shop:web', secret);
    expect(await verify(accessToken)).toEqual({ actor: 'client:shop:web', administrator: false, app: { id: app.id, name: 'shop', role: 'Editor' } });

    await settings.revokeClient({ principal: root, app, id: 'web' });
    await expect(verify(accessToken)).rejects.toMatchObject(invalidToken);
    await settings.attachClient({ principal: root, app, id: 'web' });
    await expect(verify(accessToken)).rejects.toMatchObject(invalidToken);

    const again = (await installation.get(AppsController).find({ principal: root, name: 'shop' })).app.clients['web']!.secret;
    const second = await issue('shop:web', again);
    await installation.get(AppsController).delete({ principal: root, app });
    await expect(verify(second.accessToken)).rejects.toMatchObject(invalidToken);
  });
});
