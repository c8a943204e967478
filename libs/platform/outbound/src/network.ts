import { BlockList, isIP } from 'node:net';

/** Where an address leads. To `nowhere` no partner can be: link-local, metadata services, multicast, what is reserved. */
export type Network = 'public' | 'private' | 'loopback' | 'nowhere';

/** https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry */
const loopback = subnets('127.0.0.0/8', '::1/128');
const notPrivateThoughTheyLookIt = subnets('100.100.100.200/32', 'fd00:ec2::254/128');
const inHouse = subnets('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');
const reserved = subnets(
  '0.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Teredo and 6to4 carry an address of the other family inside; so does what is outside 2000::/3, see below.
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
);
const globalUnicast = subnets('2000::/3');

/** @param address An address as DNS gives it; what is none leads nowhere. */
export function networkOf(address: string): Network {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return networkOf(mapped);
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'nowhere';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(address, family)) return 'loopback';
  if (notPrivateThoughTheyLookIt.check(address, family)) return 'nowhere';
  if (inHouse.check(address, family)) return 'private';
  if (reserved.check(address, family)) return 'nowhere';
  return version === 4 || globalUnicast.check(address, 'ipv6') ? 'public' : 'nowhere';
}

function subnets(...all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of all) {
    const [address = '', prefix] = each.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
