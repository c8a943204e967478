import { describe, expect, it } from '@jest/globals';
import { hasScope, systemCaller, type Caller } from '#platform/access';
import { onBehalfOf } from './on-behalf.ts';

const subscriber: Caller = {
  subject: 'Practitioner/stern',
  kind: 'user',
  client: 'ward-app',
  scopes: ['user/MedicationRequest.rs', 'system/MedicationStatement.r'],
  purposeOfUse: 'TREAT',
  breakGlass: true,
};

describe('whoever reads on behalf of a subscriber', () => {
  const reader = onBehalfOf(systemCaller('exchange'), subscriber, [
    'MedicationRequest',
    'MedicationStatement',
  ]);

  it('may read what the subscriber may, and nothing else', () => {
    expect(hasScope(reader, 'MedicationRequest', 'r')).toBe(true);
    expect(hasScope(reader, 'MedicationRequest', 'u')).toBe(false);
    // A scope of another level than the subscriber's own gave it nothing.
    expect(hasScope(reader, 'MedicationStatement', 'r')).toBe(false);
    expect(hasScope(reader, 'Patient', 'r')).toBe(false);
  });

  it('is named with the subscriber, and breaks no glass', () => {
    expect(reader).toMatchObject({
      subject: 'system/exchange',
      client: 'ward-app',
      purposeOfUse: 'TREAT',
      breakGlass: false,
    });
  });

  it('stays within the patients the subscriber is confined to', () => {
    expect(onBehalfOf(systemCaller('exchange'), { ...subscriber, patients: ['p1'] }, []).patients).toEqual([
      'p1',
    ]);
  });
});
