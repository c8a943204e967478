import { type Fields, all, fields } from '#platform/fhir';
import type { LocalReference } from '#platform/store';
import { hasCode, type Fact } from './fact.ts';
import { isWithin } from './within-period.ts';

/**
 * Whether the patient objects to telling somebody of a stay, by a Consent of the scope `patient-privacy`.
 * https://hl7.org/fhir/R4/consent.html
 *
 * The base is a refusal when the policy rule is `OPTOUT`, or the outermost provision says `deny`. Provisions within that
 * concern disclosure, the recipient and the moment are exceptions, also from consent to refusal. A refusal that is narrowed to
 * some data counts whole: what is left out of a notice cannot be seen, so nothing is sent rather than too much.
 *
 * @param recipients `Type/id` of whom is to be told, and of whom they belong to
 * @param at milliseconds since the epoch
 */
export function objects(
  consents: readonly Fact[],
  recipients: readonly string[],
  at: number,
  local: LocalReference,
): boolean {
  return consents.some(({ fields: consent }) => {
    if (consent['status'] !== 'active' || !hasCode(consent['scope'], 'patient-privacy')) return false;
    const provision = fields(consent['provision']);
    const isOptOut = hasCode(consent['policyRule'], 'OPTOUT');
    const concerns = (one: Fields) => isConcerned(one, recipients, at, local);
    const base = isOptOut || (provision['type'] === 'deny' && concerns(provision)) ? 'deny' : 'permit';
    if (!isWithin(provision['period'], at)) return false;
    return decision(all(provision['provision']), concerns, base) === 'deny';
  });
}

type Decision = 'deny' | 'permit';

function decision(
  exceptions: readonly Fields[],
  concerns: (provision: Fields) => boolean,
  base: Decision,
): Decision {
  const decided = exceptions.filter(concerns).map((provision) => {
    const own: Decision = provision['type'] === 'deny' ? 'deny' : 'permit';
    return decision(all(provision['provision']), concerns, own);
  });
  if (decided.length === 0) return base;
  return decided.includes('deny') ? 'deny' : 'permit';
}

function isConcerned(
  provision: Fields,
  recipients: readonly string[],
  at: number,
  local: LocalReference,
): boolean {
  const actors = all(provision['actor']).map(({ reference }) => local(fields(reference)['reference']));
  const purposes = all(provision['purpose']).map(({ code }) => code);
  const actions = provision['action'];
  // An exception that permits only some of the data permits no notice, which tells of all of the stay.
  const isNarrow = ['securityLabel', 'class', 'code', 'data', 'dataPeriod'].some((name) => name in provision);
  return (
    isWithin(provision['period'], at) &&
    (actors.length === 0 || actors.some((actor) => actor !== undefined && recipients.includes(actor))) &&
    (purposes.length === 0 || purposes.some((code) => ['TREAT', 'CAREMGT', 'COC'].includes(String(code)))) &&
    (actions === undefined || all(actions).some((action) => hasCode(action, 'disclose', 'access'))) &&
    (provision['type'] === 'deny' || !isNarrow)
  );
}
