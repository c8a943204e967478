import { describe, expect, it } from '@jest/globals';
import { localReference } from '#platform/fhir';
import { fact } from './fact.ts';
import { objects } from './privacy-preference.ts';

const now = Date.UTC(2026, 10, 22, 12);
const local = (reference: unknown) => localReference(reference, undefined);
const coded = (code: string) => ({ coding: [{ code }] });
const insurer = { actor: [{ reference: { reference: 'Organization/insurer' } }] };

function refuses(consent: object, recipient = 'Organization/insurer', at = now): boolean {
  const whole = { resourceType: 'Consent', status: 'active', scope: coded('patient-privacy'), ...consent };
  return objects([fact(JSON.stringify(whole))], ['Practitioner/x', recipient], at, local);
}

const optOut = { policyRule: coded('OPTOUT') };
const optIn = { policyRule: coded('OPTIN') };

describe('the preference of a patient', () => {
  it('is a refusal as a whole, by policy or by provision, until it is not active', () => {
    expect(refuses(optOut)).toBe(true);
    expect(refuses({ provision: { type: 'deny' } })).toBe(true);
    expect(refuses(optIn)).toBe(false);
    expect(refuses({ ...optOut, status: 'inactive' })).toBe(false);
    expect(refuses({ ...optOut, scope: coded('research') })).toBe(false);
    expect(objects([], ['Organization/insurer'], now, local)).toBe(false);
  });

  it('is a refusal for some, or for all but some', () => {
    const but = { provision: { provision: [{ type: 'permit', ...insurer }] } };
    expect(refuses({ ...optOut, ...but })).toBe(false);
    expect(refuses({ ...optOut, ...but }, 'Organization/other')).toBe(true);
    const only = { provision: { provision: [{ type: 'deny', ...insurer }] } };
    expect(refuses({ ...optIn, ...only })).toBe(true);
    expect(refuses({ ...optIn, ...only }, 'Organization/other')).toBe(false);
    expect(refuses({ provision: { type: 'deny', ...insurer } }, 'Organization/other')).toBe(false);
  });

  it('holds for its time, the last day included', () => {
    const until = (end: string) => ({ ...optOut, provision: { period: { start: '2026-01-01', end } } });
    expect(refuses(until('2026-11-22'))).toBe(true);
    expect(refuses(until('2026-11-21'))).toBe(false);
    expect(refuses(until('2026'))).toBe(true);
    expect(refuses({ ...optOut, provision: { period: { start: '2027-01-01' } } })).toBe(false);
  });

  it('is of disclosure for care; a refusal that is narrowed to some data counts whole, a permission does not', () => {
    const denied = (more: object) => ({ provision: { type: 'deny', ...more } });
    expect(refuses(denied({ purpose: [{ code: 'HRESCH' }] }))).toBe(false);
    expect(refuses(denied({ purpose: [{ code: 'TREAT' }] }))).toBe(true);
    expect(refuses(denied({ action: [coded('collect')] }))).toBe(false);
    expect(refuses(denied({ action: [coded('disclose')] }))).toBe(true);
    expect(refuses(denied({ securityLabel: [{ code: 'R' }] }))).toBe(true);
    const part = { provision: { provision: [{ type: 'permit', class: [{ code: 'Observation' }] }] } };
    expect(refuses({ ...optOut, ...part })).toBe(true);
  });

  it('is the refusal where one consent refuses and another does not', () => {
    const consents = [optIn, optOut].map((one) =>
      fact(
        JSON.stringify({
          resourceType: 'Consent',
          status: 'active',
          scope: coded('patient-privacy'),
          ...one,
        }),
      ),
    );
    expect(objects(consents, ['Organization/insurer'], now, local)).toBe(true);
  });
});
