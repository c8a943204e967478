import { expect, it } from '@jest/globals';
import { searchableIdentifiers } from './searchable-identifiers.ts';

it('asks by identifiers that have a system and are not old, escaped for a search and for a URL', () => {
  const identifier = [
    { system: 'urn:mrn', value: 'A 1,2|3' },
    { value: 'nobody says whose' },
    { system: 'urn:mrn', value: 'former', use: 'old' },
    { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999' },
  ];
  expect(searchableIdentifiers({ identifier })).toBe(
    'urn%3Amrn%7CA%201%5C%2C2%5C%7C3,http%3A%2F%2Fhl7.org%2Ffhir%2Fsid%2Fus-ssn%7C999',
  );
  expect(searchableIdentifiers({})).toBe('');
});
