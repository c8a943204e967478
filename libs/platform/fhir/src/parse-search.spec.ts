import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { resourceTypes } from './definitions.ts';
import { Fault } from './fault.ts';
import { parseSearch, type ParseSearchOptions } from './parse-search.ts';
import { includeTargets, searchParameter, searchParameters } from './search-parameters.ts';

function search(type: string, query: string, options?: ParseSearchOptions) {
  return parseSearch(type, [...new URLSearchParams(query)], options);
}

function faultOf(type: string, query: string): Fault {
  try {
    search(type, query);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseSearch', () => {
  /** type, query, the one filter it means. */
  const filters: [string, string, object][] = [
    ['Patient', 'gender=male', { type: 'token', values: [{ value: 'male' }] }],
    [
      'Patient',
      'identifier=http://a|b,|c,http://d|',
      {
        type: 'token',
        values: [{ system: 'http://a', value: 'b' }, { system: '', value: 'c' }, { system: 'http://d' }],
      },
    ],
    ['Patient', 'identifier=a\\|b', { type: 'token', values: [{ value: 'a|b' }] }],
    [
      'Patient',
      'family=O\\,N\\\\e\\$l,Doe',
      { type: 'string', values: [{ value: 'O,N\\e$l' }, { value: 'Doe' }] },
    ],
    ['Patient', 'birthdate=ge2010', { type: 'date', values: [{ prefix: 'ge', value: '2010' }] }],
    ['Patient', 'birthdate=2010-02-03', { type: 'date', values: [{ value: '2010-02-03' }] }],
    [
      'Patient',
      '_lastUpdated=gt2024-01-01T00:00:00Z',
      { parameter: '_lastUpdated', type: 'date', values: [{ prefix: 'gt', value: '2024-01-01T00:00:00Z' }] },
    ],
    ['Patient', '_id=a,b-c', { parameter: '_id', type: 'id', values: [{ value: 'a' }, { value: 'b-c' }] }],
    ['Patient', '_profile=http://p|1.0', { type: 'uri', values: [{ value: 'http://p|1.0' }] }],
    [
      'Patient',
      'organization=7',
      { type: 'reference', values: [{ value: '7', targetType: 'Organization' }] },
    ],
    ['Patient', 'general-practitioner=7', { type: 'reference', values: [{ value: '7' }] }],
    ['Observation', 'patient=7', { type: 'reference', values: [{ value: '7', targetType: 'Patient' }] }],
    [
      'Observation',
      'subject=Group/7/_history/2',
      { type: 'reference', values: [{ value: '7', targetType: 'Group' }] },
    ],
    [
      'Observation',
      'subject:Patient=7',
      { parameter: 'subject', type: 'reference', values: [{ value: '7', targetType: 'Patient' }] },
    ],
    [
      'Observation',
      'subject=https://own/fhir/Patient/7',
      { type: 'reference', values: [{ value: '7', targetType: 'Patient' }] },
    ],
    [
      'Observation',
      'subject=https://other/Patient/7',
      { type: 'reference', values: [{ value: 'https://other/Patient/7', isUrl: true }] },
    ],
    [
      'Observation',
      'subject=urn:uuid:7',
      { type: 'reference', values: [{ value: 'urn:uuid:7', isUrl: true }] },
    ],
    [
      'Observation',
      'value-quantity=lt5.40|http://u|mg',
      { type: 'quantity', values: [{ prefix: 'lt', value: '5.40', system: 'http://u', code: 'mg' }] },
    ],
    [
      'Observation',
      'value-quantity=5||mg,6',
      { type: 'quantity', values: [{ value: '5', system: '', code: 'mg' }, { value: '6' }] },
    ],
    ['RiskAssessment', 'probability=gt0.8', { type: 'number', values: [{ prefix: 'gt', value: '0.8' }] }],
    [
      'ConceptMap',
      'source=http://v|2',
      { type: 'reference', values: [{ value: 'http://v|2', isUrl: true }] },
    ],
  ];

  it.each(filters)('reads %s?%s', (type, query, expected) => {
    expect(search(type, query, { ownBase: 'https://own/fhir' }).filters).toEqual([
      expect.objectContaining(expected),
    ]);
  });

  it('keeps repeated parameters apart, for all of them must hold', () => {
    expect(search('Patient', 'given=a&given=b').filters).toHaveLength(2);
  });

  it('reads what is about the result', () => {
    const query =
      '_sort=-birthdate,family&_count=7&_total=estimate&_include=Patient:organization&_revinclude=Observation:subject&_revinclude=Provenance:target:Patient&_format=json&_cursor=x';
    expect(search('Patient', query)).toMatchObject({
      filters: [],
      sort: [
        { parameter: 'birthdate', descending: true },
        { parameter: 'family', descending: false },
      ],
      count: 7,
      total: 'accurate',
      cursor: 'x',
      include: [{ type: 'Patient', parameter: 'organization' }],
      revinclude: [
        { type: 'Observation', parameter: 'subject' },
        { type: 'Provenance', parameter: 'target', targetType: 'Patient' },
      ],
      ignored: [],
    });
    expect(search('Patient', '_summary=count').summary).toBe('count');
    expect(search('Patient', '_count=0').summary).toBe('count');
    expect(search('Patient', '_count=5000').count).toBe(1000);
    expect(search('Patient', '')).toMatchObject({ count: 20, total: 'none', used: [] });
  });

  it.each([
    ['Patient', 'ward=7', 'ward'],
    ['Patient', 'family:exact=x', 'family:exact'],
    ['Patient', 'gender:Patient=x', 'gender:Patient'],
    ['Patient', 'organization:Patient=x', 'organization:Patient'],
    ['Patient', 'organization.name=x', 'organization.name'],
    ['Patient', '_has:Observation:subject:code=x', '_has:Observation:subject:code'],
    ['Patient', '_filter=x', '_filter'],
    ['Patient', '_include:iterate=Patient:organization', '_include:iterate'],
    ['Patient', 'toString=x', 'toString'],
    ['Patient', '__proto__=x', '__proto__'],
    ['Observation', 'code-value-quantity=x$1', 'code-value-quantity'],
    ['Location', 'near=1|2', 'near'],
  ])(
    'refuses %s?%s by name, saying what is allowed; lenient leaves it out and says so',
    (type, query, name) => {
      const fault = faultOf(type, query);
      expect(fault.kind).toBe('unknown-parameter');
      expect(fault.message).toContain(` ${name}.`);
      expect(fault.message).toContain('_lastUpdated');
      expect(search(type, query, { lenient: true })).toMatchObject({
        filters: [],
        used: [],
        ignored: [name],
      });
    },
  );

  it.each([
    ['Patient', 'birthdate=zz2010'],
    ['Patient', 'birthdate=2010-13'],
    ['Patient', 'birthdate=2010-02-30'],
    ['Patient', 'birthdate=yesterday'],
    ['Patient', 'birthdate=2010-01-01T00:00:00 02:00'],
    ['Patient', 'birthdate='],
    ['Patient', 'family=a%00b'],
    ['Patient', '_cursor=%00'],
    ['Patient', 'family=a,'],
    ['Patient', 'family=%20'],
    ['Patient', 'family=a\\b'],
    ['Patient', 'family=a\\'],
    ['Patient', `family=${'x'.repeat(5000)}`],
    ['Patient', `_id=${Array(1001).fill('a').join(',')}`],
    ['Patient', 'identifier=|'],
    ['Patient', 'identifier=a|b|c'],
    ['Patient', '_id=a b'],
    ['Patient', '_count=-1'],
    ['Patient', '_count=many'],
    ['Patient', '_sort=ward'],
    ['Patient', '_sort=family,given,birthdate,gender'],
    ['Patient', '_summary=text'],
    ['Patient', '_total=maybe'],
    ['Patient', '_include=Observation:subject'],
    ['Patient', '_include=Patient:family'],
    ['Patient', '_include=Patient:organization:Patient'],
    ['Patient', '_include=*'],
    ['Patient', '_revinclude=Patient:organization'],
    ['Patient', '_revinclude=Observation:subject:Group'],
    ['Patient', '_revinclude=Ward:subject'],
    ['Patient', 'organization=a/b/c'],
    ['Observation', 'subject:Patient=Group/1'],
    ['Observation', 'value-quantity=mg'],
    ['Observation', 'value-quantity=5|mg'],
    ['Observation', 'value-quantity=5|http://unitsofmeasure.org|'],
    ['RiskAssessment', 'probability=gt'],
  ])('refuses %s?%.60s, naming the parameter and what it takes', (type, query) => {
    const fault = faultOf(type, query);
    expect(fault.kind).toBe('bad-parameter');
    expect(fault.message).toContain(query.split('=')[0]);
    expect(fault.message).toMatch(/write .+\.$/);
    expect(() => search(type, query, { lenient: true })).toThrow(Fault);
  });

  it('never repeats a value, nor a name that is none', () => {
    expect(faultOf('Patient', 'birthdate=Wilhelmina').message).not.toContain('Wilhelmina');
    expect(faultOf('Patient', 'Wilhelmina+1944=x').message).not.toContain('1944');
  });

  it('ends in a search or in one of two faults, whatever it is given', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'family',
        'birthdate',
        'identifier',
        'organization',
        '_id',
        '_sort',
        '_include',
        '_count',
      ),
    );
    const values = fc.string({
      unit: fc.constantFrom('a', '1', '-', '|', ',', '\\', '$', ':', '/', ' ', 'é', '2010', 'ge', 'Patient'),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values), { maxLength: 5 }), (pairs) => {
        try {
          parseSearch('Patient', pairs);
        } catch (error) {
          expect(['unknown-parameter', 'bad-parameter']).toContain((error as Fault).kind);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the search parameters', () => {
  it('are known for every type', () => {
    expect(resourceTypes.reduce((sum, type) => sum + searchParameters(type).length, 0)).toBeGreaterThan(
      2_300,
    );
    for (const type of resourceTypes) expect(searchParameter(type, '_lastUpdated')?.type).toBe('date');
    expect(searchParameters('Ward')).toEqual([]);
  });

  it('say what an include leads to', () => {
    expect(includeTargets('Observation', 'patient')).toContain('Patient');
    expect(includeTargets('Provenance', 'target')).toContain('Observation');
    expect(includeTargets('Organization', 'endpoint')).toEqual(['Endpoint']);
    expect(includeTargets('Observation', 'code')).toEqual([]);
  });
});
