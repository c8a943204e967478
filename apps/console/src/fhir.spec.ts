import { describe, expect, it } from '@jest/globals';
import { identifiersText } from './fhir.ts';

describe('the identifiers of a patient', () => {
  it('are said with their kind and whose they are, the medical record number first', () => {
    const number = { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-00-1111' };
    const record = {
      type: { coding: [{ code: 'MR' }] },
      system: 'urn:septum:authority:General%20Hospital',
      value: '4711',
    };
    expect(identifiersText([number, record])).toBe('MRN 4711 (General Hospital), 999-00-1111 (us-ssn)');
  });

  it('are not told when they are old, or nothing is known of them', () => {
    expect(identifiersText([{ use: 'old', value: '1' }, { system: 'urn:x' }])).toBe('');
    expect(identifiersText(undefined)).toBe('');
  });
});
