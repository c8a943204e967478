import { describe, expect, it } from '@jest/globals';
import { resourceTypes } from './definitions.ts';
import { extract } from './extract.ts';
import { indexedParameters } from './search-parameters.ts';
import { wordPlace } from './word-place.ts';

const name = { text: 'Text', family: 'Family', given: ['Given', 'Second'], prefix: ['Dr'], suffix: ['MD'] };
const address = {
  text: 'Whole',
  line: ['Line'],
  city: 'City',
  district: 'District',
  state: 'State',
  postalCode: '01966',
  country: 'US',
};

describe('the place of words', () => {
  it('is that of the element they are a part of, or of the parameter that reads the same element', () => {
    expect(wordPlace('Patient', 'family')).toEqual({ parameter: 'name', part: 'family' });
    expect(wordPlace('Patient', 'phonetic')).toEqual({ parameter: 'name', part: '' });
    expect(wordPlace('Patient', 'address-postalcode')).toEqual({ parameter: 'address', part: 'postalCode' });
    expect(wordPlace('Organization', 'phonetic')).toEqual({ parameter: 'phonetic', part: '' });
    expect(wordPlace('Patient', 'mothersMaidenName')).toEqual({ parameter: 'mothersMaidenName', part: '' });
  });

  it('holds every word of the part, for every type', () => {
    for (const type of resourceTypes) {
      const moved = indexedParameters(type).filter(
        ({ code, type: kind }) => kind === 'string' && wordPlace(type, code).part !== '',
      );
      for (const { code } of moved) {
        const resource = { resourceType: type, name: [name], address: [address], contact: [{ address }] };
        const { strings } = extract(type, type === 'Location' ? { ...resource, address } : resource);
        const of = (wanted: string) =>
          strings.filter(({ parameter }) => parameter === wanted).map(({ value }) => value);
        expect(of(code).length).toBeGreaterThan(0);
        expect(of(wordPlace(type, code).parameter)).toEqual(expect.arrayContaining(of(code)));
      }
    }
  });
});
