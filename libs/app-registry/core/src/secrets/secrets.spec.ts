import { describe, expect, it } from 'vitest';
import { hashSecret, newSecret, sameSecret, secretEpoch, verifySecret } from './secrets.js';

describe('secrets', () => {
  it('are recognised by their hash, which holds nothing of them', async () => {
    const secret = newSecret();
    const hash = await hashSecret(secret);
    expect(hash).not.toContain(secret);
    expect(await hashSecret(secret)).not.toBe(hash);
    expect(await verifySecret(secret, hash)).toBe(true);
    expect(await verifySecret(`${secret}x`, hash)).toBe(false);
    expect(await verifySecret(secret, 'nonsense')).toBe(false);
  });

  it('are compared whatever their lengths, and have an epoch each', () => {
    expect(sameSecret('a', 'a')).toBe(true);
    expect(sameSecret('a', 'abc')).toBe(false);
    expect(secretEpoch('a')).not.toBe(secretEpoch('b'));
  });
});
