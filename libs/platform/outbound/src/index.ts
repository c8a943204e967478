/**
 * The one way by which Septum asks or tells another system over HTTP.
 *
 *   loadPartners({ partners, partnersFile })   → Partners, from `septum.yaml` and the file named by a setting
 *   exit(context, { name, kind, … })           → Exit, declared in the context's definition
 *   new OutboundHttp({ partners, exits, record }).request(caller, exit, { partner, method, url, concerns, … })
 *
 * A context that declares `exits` is given its `OutboundHttp` by Nest, under the class itself.
 */
export { exit, type Exit } from './exit.ts';
export { loadPartners } from './load-partners.ts';
export {
  OutboundHttp,
  type Disclosure,
  type OutboundHttpOptions,
  type OutboundRequest,
} from './outbound-http.ts';
export type { OutboundAnswer } from './call-partner.ts';
export type { Partner, PartnerKind } from './partner.ts';
export { Partners } from './partners.ts';
