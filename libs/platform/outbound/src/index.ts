/**
 * The one way by which Septum asks or tells another system, over HTTP or, with HL7 v2 messages, over MLLP.
 *
 *   loadPartners({ partners, partnersFile })   → Partners, from `septum.yaml` and the file named by a setting
 *   exit(context, { name, kind, … })           → Exit, declared in the context's definition
 *   new OutboundHttp({ partners, exits, record }).request(caller, exit, { partner, method, url, concerns, … })
 *   new OutboundMllp({ partners, exits, record }).send(caller, exit, { partner, url, content, controlId, concerns })
 *
 * A context that declares `exits` is given its `OutboundHttp` and its `OutboundMllp` by Nest, under the classes themselves.
 */
export { exit, type Exit } from './exit.ts';
export type { Disclosure, OutboundOptions } from './leave.ts';
export { loadPartners } from './load-partners.ts';
export { OutboundHttp, type OutboundRequest } from './outbound-http.ts';
export { OutboundMllp, type OutboundMessage } from './outbound-mllp.ts';
export type { OutboundAnswer } from './call-partner.ts';
export type { Partner, PartnerKind, V2Party } from './partner.ts';
export { Partners } from './partners.ts';
