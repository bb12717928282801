import type { RegistryStore } from '@reprise/app-registry-core';
import { describe, expect, it } from 'vitest';

export function credentialsContract(store: () => RegistryStore, reopen: () => Promise<RegistryStore>): void {
  describe('credentials', () => {
    it('hold one root client, the last that was set', async () => {
      expect(await store().credentials.rootClient()).toBeUndefined();
      await store().credentials.setRootClient({ id: 'root', secretHash: 'h1' });
      await store().credentials.setRootClient({ id: 'admin', secretHash: 'h2' });
      expect({ ...(await store().credentials.rootClient()) }).toEqual({ id: 'admin', secretHash: 'h2' });
    });

    it('make one root client, whoever asks first', async () => {
      const clients = Array.from({ length: 5 }, (_, i) => ({ id: 'root', secretHash: `h${i}` }));
      const answers = await Promise.all(clients.map((client) => store().credentials.ensureRootClient(client)));
      expect(new Set(answers.map(({ secretHash }) => secretHash)).size).toBe(1);
      expect({ ...(await store().credentials.rootClient()) }).toEqual({ ...answers[0] });
    });

    it('make one signing key, whoever asks first', async () => {
      const keys = Array.from({ length: 5 }, (_, i) => ({ id: `k${i}`, secret: `s${i}`, created: new Date(i) }));
      const answers = await Promise.all(keys.map((key) => store().credentials.ensureSigningKey(key)));
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(await store().credentials.signingKeys()).toEqual([answers[0]]);
    });

    it('outlive the process', async () => {
      await store().credentials.setRootClient({ id: 'root', secretHash: 'h1' });
      const key = await store().credentials.ensureSigningKey({ id: 'k', secret: 's', created: new Date(5) });
      const reopened = await reopen();
      expect({ ...(await reopened.credentials.rootClient()) }).toEqual({ id: 'root', secretHash: 'h1' });
      expect(await reopened.credentials.signingKeys()).toEqual([key]);
    });
  });
}
