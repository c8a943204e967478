import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Fault } from '#platform/fhir';
import { networkOf } from './network.ts';
import type { Partner } from './partner.ts';

/** Asks DNS for all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

export const resolveByDns: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/**
 * The `lookup` of one connection: it asks once, checks every address, and hands those it checked to the socket. So a
 * name cannot lead elsewhere between the check and the use (DNS rebinding), and one bad address condemns the answer.
 */
export function checkedLookup(partner: Partner, resolve: Resolve): LookupFunction {
  return (host, options, answer) => {
    resolve(host).then(
      (found) => {
        const addresses = found.map(({ address, family }) => ({ address, family }));
        const fault = refusalOf(partner, addresses);
        const [first] = addresses;
        if (fault !== undefined || first === undefined) answer(fault ?? noAddress(partner), '', 0);
        else if (options.all === true) answer(null, addresses);
        else answer(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => answer(error, '', 0),
    );
  };
}

function refusalOf(partner: Partner, addresses: readonly { address: string }[]): Fault | undefined {
  const networks = new Set(addresses.map(({ address }) => networkOf(address)));
  const [strange] = [...networks].filter((each) => each !== 'public' && each !== partner.network);
  if (strange === undefined) return undefined;
  const remedy =
    strange === 'nowhere'
      ? 'Look at its DNS record: no partner can be there.'
      : `If it is meant to, declare network: ${strange} with it.`;
  return new Fault(
    'unavailable',
    `The name of partner ${partner.name} leads to a ${strange} address; it was not called. ${remedy}`,
  );
}

function noAddress({ name }: Partner): Fault {
  return new Fault('unavailable', `The name of partner ${name} has no address. Look at its DNS record.`);
}
