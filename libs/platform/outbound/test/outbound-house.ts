import { exit } from '../src/exit.ts';
import type { OutboundOptions } from '../src/leave.ts';
import { OutboundHttp, type OutboundRequest } from '../src/outbound-http.ts';
import { OutboundMllp, type OutboundMessage } from '../src/outbound-mllp.ts';
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
export function outboundTo(declared: object, options: Partial<OutboundOptions> = {}) {
  const recorded: Parameters<OutboundOptions['record']>[1][] = [];
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

export const telling = exit('patients', {
  name: 'telling',
  kind: 'mllp',
  action: 'R',
  documentation: 'Tells, in a test.',
});

/** An `OutboundMllp` with one partner, and what it recorded. */
export function mllpTo(declared: object, options: Partial<OutboundOptions> = {}) {
  const recorded: Parameters<OutboundOptions['record']>[1][] = [];
  const outbound = new OutboundMllp({
    partners: loadPartners({ partners: [{ name: 'adt', kind: 'mllp', ...declared }] }),
    exits: [telling],
    record: async (_, disclosure) => void recorded.push(disclosure),
    ...options,
  });
  const send = (url: string, more: Partial<OutboundMessage> = {}) =>
    outbound.send(caller, telling, {
      partner: 'adt',
      url,
      content: Buffer.from('MSH|^~\\&|A|B|C|D|||ADT^A01|m1|P|2.5.1\rPID|1||Canary\r'),
      controlId: 'm1',
      concerns: 'nobody',
      ...more,
    });
  return { outbound, send, recorded };
}
