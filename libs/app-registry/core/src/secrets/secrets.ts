import { createHash, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

const COST: ScryptOptions = { N: 16_384, r: 8, p: 1 };
const BYTES = 32;

/** A new secret of 256 random bits, in letters that survive a shell and a URL. */
export function newSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** For keeping: `scrypt$N$r$p$salt$hash`, salted, slow on purpose. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export async function verifySecret(secret: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || !salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** For secrets that stand in the log in clear: takes the same time whatever differs. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

/** Stands in tokens for the secret that they were given for: another secret, another epoch, and they are worth nothing. */
export function secretEpoch(secret: string): string {
  return digest(`epoch:${secret}`).toString('base64url').slice(0, 22);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function derive(secret: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
