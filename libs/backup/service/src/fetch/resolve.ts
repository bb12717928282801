import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { AddressPolicy } from './address-policy.js';
import { downloadFailed } from './download-errors.js';

export interface Address {
  address: string;
  family: number;
}

export type Resolve = (host: string) => Promise<Address[]>;

export const resolveBySystem: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** All addresses of the host, each of them allowed: one that isn't refuses the whole, because the name's owner chooses which comes first. */
export async function checkedAddresses(url: URL, policy: AddressPolicy, resolve: Resolve): Promise<Address[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: Address[];
  try {
    addresses = await resolve(host);
  } catch (error) {
    throw downloadFailed(`the host ${host} is not known`, error);
  }
  if (addresses.length === 0) throw downloadFailed(`the host ${host} has no address`);
  const refused = addresses.find(({ address }) => !policy.allows(host, address));
  if (refused) {
    throw downloadFailed(
      `the host ${host} has the private or reserved address ${refused.address}. If it is to be trusted, add it to REPRISE_RESTORE_ALLOWED_HOSTS`,
    );
  }
  return addresses;
}

/** Connects to what was checked and to nothing else: a second look-up could answer differently. */
export function pinned(addresses: Address[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}
