import ipaddr from 'ipaddr.js';
import { RepriseError } from '@reprise/kernel';

/** All that was given out to the public so far. Outside of it lie forms that embed an IPv4 address, `::127.0.0.1` above all. */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Labels of letters, digits, dashes and, as in many private networks, underscores; the last one not a number, or it were a mistyped address. */
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*(?!\d+$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

/**
 * Which addresses may be fetched from. A URL comes from outside: it must not lead into the network that this server lives in,
 * unless the installation's owner says so.
 */
export class AddressPolicy {
  private readonly names = new Set<string>();
  private readonly ranges: Range[] = [];

  /** `allowed`: host names, addresses (IPv6 in brackets or not), CIDR ranges. Error `config.allowed-hosts` (invalid) for what is none of them. */
  constructor(allowed: readonly string[]) {
    for (const entry of allowed) {
      const host = entry
        .trim()
        .toLowerCase()
        .replace(/^\[(.*)\]$/, '$1');
      if (ipaddr.isValidCIDR(host)) this.ranges.push(ipaddr.parseCIDR(host));
      else if (ipaddr.isValid(host)) this.ranges.push([ipaddr.process(host), ipaddr.process(host).kind() === 'ipv4' ? 32 : 128]);
      else if (HOST_NAME.test(host)) this.names.add(host);
      else throw new RepriseError('invalid', 'config.allowed-hosts', 'An allowed host is neither a host name nor an address nor a CIDR range.');
    }
  }

  /** `host` as the URL names it, `address` as it was resolved. */
  allows(host: string, address: string): boolean {
    if (this.names.has(host.toLowerCase())) return true;
    if (!ipaddr.isValid(address)) return false;
    // An IPv4 address can be dressed up as an IPv6 one; `process` takes that off.
    const parsed = ipaddr.process(address);
    if (parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(PUBLIC_IPV6))) return true;
    return this.ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }
}

/** Whether an {@link AddressPolicy} can be made of them. */
export function areAllowableHosts(hosts: readonly string[]): boolean {
  try {
    return Boolean(new AddressPolicy(hosts));
  } catch {
    return false;
  }
}
