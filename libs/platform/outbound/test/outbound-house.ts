import { exit } from '../src/exit.ts';
import { OutboundHttp, type OutboundHttpOptions, type OutboundRequest } from '../src/outbound-http.ts';
import { loadPartners } from '../src/load-partners.ts';
import type { Caller } from '#platform/access';

export const caller: Caller = {
  subject: 'client/test',
  kind: 'client',
  client: 'client/test',
  scopes: ['system/*.cruds'],
  purposeOfUse: 'TREAT',
  breakGlass: false,
};

export const asking = exit('patients', {
  name: 'asking',
  kind: 'fhir',
  action: 'E',
  documentation: 'Asks, in a test.',
});

/** An `OutboundHttp` with one partner, and what it recorded. */
export function outboundTo(declared: object, options: Partial<OutboundHttpOptions> = {}) {
  const recorded: Parameters<OutboundHttpOptions['record']>[1][] = [];
  const outbound = new OutboundHttp({
    partners: loadPartners({ partners: [{ name: 'city', kind: 'fhir', ...declared }] }),
    exits: [asking],
    record: async (_, disclosure) => void recorded.push(disclosure),
    ...options,
  });
  const ask = (url: string, more: Partial<OutboundRequest> = {}) =>
    outbound.request(caller, asking, { partner: 'city', method: 'GET', url, concerns: 'nobody', ...more });
  return { outbound, ask, recorded };
}
