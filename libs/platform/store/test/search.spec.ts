import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { dateInterval, parseSearch, type SearchRequest } from '#platform/fhir';
import { clinician, openStore, type StoreHouse } from './open-store.ts';
import { expectedMatches, sortValue, type Kept } from './search-oracle.ts';

const count = 260;
const systems = ['http://loinc.org', 'http://snomed.info/sct', undefined];
const codes = ['a', 'b', 'A', '8867-4'];
const units = [
  { system: 'http://unitsofmeasure.org', code: 'mg', unit: 'milligram' },
  { unit: 'mg' },
  { system: 'http://other', code: 'mg' },
  {},
];
const dates = [
  '2020',
  '2020-02',
  '2020-02-29',
  '2020-02-29T10:00:00Z',
  '2020-03-01',
  '2020-02-29T23:30:00-02:00',
  '2021-01-01T00:00:00.123Z',
];
const families = ['Meier', 'MEIERHÖFER', 'Meyer', 'O’Neil', 'da Silva', 'Sílva', 'Ng'];
const numbers = ['1', '1.0', '1.05', '0.95', '100', '-3', '2e1'];

const pick = <T>(list: readonly T[]) => fc.constantFrom(...list);
const coding = fc
  .record({ system: pick(systems), code: pick(codes) })
  .map(({ system, code }) => (system ? { system, code } : { code }));
const quantity = fc
  .record({ value: pick(numbers).map(Number), unit: pick(units) })
  .map(({ value, unit }) => ({ value, ...unit }));
/** A period ends after it starts: R4 says so, and what one is that does not, it does not say. */
const period = fc
  .tuple(fc.option(pick(dates)), fc.option(pick(dates)))
  .filter(([start, end]) => !start || !end || dateInterval(start)!.low < dateInterval(end)!.high)
  .map(([start, end]) => ({ ...(start ? { start } : {}), ...(end ? { end } : {}) }));

const observation = fc
  .record({
    codings: fc.array(coding, { minLength: 1, maxLength: 2 }),
    subject: pick(['p1', 'p2', 'p3']),
    when: fc.option(
      fc.oneof(
        pick(dates).map((date) => ({ effectiveDateTime: date })),
        period.filter((p) => Object.keys(p).length > 0).map((p) => ({ effectivePeriod: p })),
      ),
    ),
    value: fc.option(quantity),
    components: fc.array(quantity, { maxLength: 2 }),
    performer: fc.option(
      pick([
        'Practitioner/d1',
        'http://elsewhere.example/fhir/Practitioner/d1',
        'urn:uuid:0c0a0b6e-7f0f-4f0c-8d2b-1f3c9a2b1e11',
      ]),
    ),
  })
  .map(({ codings, subject, when, value, components, performer }) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: codings },
    subject: { reference: `Patient/${subject}` },
    ...when,
    ...(value ? { valueQuantity: value } : {}),
    ...(components.length > 0
      ? { component: components.map((each) => ({ code: { coding: codings }, valueQuantity: each })) }
      : {}),
    ...(performer ? { performer: [{ reference: performer }] } : {}),
  }));

const person = fc
  .record({
    names: fc.array(
      fc.record({ family: pick(families), given: fc.array(pick(families), { minLength: 1, maxLength: 2 }) }),
      { maxLength: 2 },
    ),
    birthDate: fc.option(pick(dates.filter((date) => !date.includes('T')))),
    gender: fc.option(pick(['male', 'female'])),
    identifier: fc.array(coding, { maxLength: 2 }),
  })
  .map(({ names, birthDate, gender, identifier }) => ({
    resourceType: 'Patient',
    ...(names.length > 0 ? { name: names } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...(gender ? { gender } : {}),
    ...(identifier.length > 0
      ? { identifier: identifier.map(({ code, ...rest }) => ({ value: code, ...rest })) }
      : {}),
  }));

const risk = pick(numbers).map((value) => ({
  resourceType: 'RiskAssessment',
  status: 'final',
  subject: { reference: 'Patient/p1' },
  prediction: [{ probabilityDecimal: Number(value) }],
}));

const valueSet = pick(['http://a.example/vs', 'http://a.example/vs/2']).map((url) => ({
  resourceType: 'ValueSet',
  status: 'active',
  url,
}));

const token = fc.oneof(
  pick(codes),
  fc
    .tuple(pick(['http://loinc.org', 'http://snomed.info/sct', '']), pick(codes))
    .map(([system, code]) => `${system}|${code}`),
  pick(['http://loinc.org|', 'http://snomed.info/sct|']),
);
const prefix = pick(['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']);
const prefixed = (values: readonly string[]) =>
  fc.tuple(prefix, pick(values)).map(([before, value]) => before + value);
const several = (one: fc.Arbitrary<string>) =>
  fc.array(one, { minLength: 1, maxLength: 2 }).map((values) => values.join(','));
const amount = fc
  .tuple(prefixed(numbers), pick(['', '|http://unitsofmeasure.org|mg', '||mg', '||milligram']))
  .map(([value, unit]) => value + unit);

const parameters: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<string>>>>> = {
  Observation: {
    code: several(token),
    'combo-code': several(token),
    subject: several(pick(['p1', 'Patient/p2', 'Patient/none'])),
    patient: pick(['p1', 'Patient/p3']),
    performer: several(pick(['Practitioner/d1', 'd1', 'http://elsewhere.example/fhir/Practitioner/d1'])),
    date: several(prefixed(dates)),
    'value-quantity': several(amount),
    'combo-value-quantity': several(amount),
    _id: several(pick(['o1', 'o2', 'o77', 'none'])),
  },
  Patient: {
    family: several(pick(['mei', 'MEIER', 'sil', 'Ng', 'o’', 'zz'])),
    name: several(pick(['meierh', 'da', 'ng'])),
    given: several(pick(['mei', 'da', 'sil'])),
    phonetic: several(pick(['mei', 'zz'])),
    birthdate: several(prefixed(['2020', '2020-02', '2020-02-29'])),
    gender: several(pick(['male', 'female', 'http://hl7.org/fhir/administrative-gender|male'])),
    identifier: several(token),
  },
  RiskAssessment: { probability: several(prefixed(numbers)) },
  ValueSet: { url: several(pick(['http://a.example/vs', 'http://a.example/vs/2', 'http://a.example/v'])) },
};
const sorts: Readonly<Record<string, readonly string[]>> = {
  Observation: [
    '',
    '_id',
    '-_id',
    '_lastUpdated',
    '-_lastUpdated',
    'date',
    '-date',
    'value-quantity',
    '-combo-value-quantity',
    '-date,_id',
    'value-quantity,-_lastUpdated',
  ],
  Patient: ['', 'family', '-name', '-given', 'birthdate', '-birthdate', 'family,birthdate'],
  RiskAssessment: ['', 'probability', '-probability'],
  ValueSet: [''],
};

const query = pick(Object.keys(parameters)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    filters: fc
      .uniqueArray(pick(Object.keys(parameters[type]!)), { maxLength: 3 })
      .chain((names) =>
        fc.tuple(...names.map((name) => parameters[type]![name]!.map((value) => [name, value] as const))),
      ),
    sort: pick(sorts[type]!),
    size: pick([7, 40, 100]),
  }),
);

let house: StoreHouse;
const kept = new Map<string, Kept[]>();

beforeAll(async () => {
  house = await openStore();
  const make: [string, string, fc.Arbitrary<object>, number][] = [
    ['Observation', 'o', observation, count],
    ['Patient', 'n', person, 120],
    ['RiskAssessment', 'r', risk, 30],
    ['ValueSet', 'v', valueSet, 12],
  ];
  for (const [type, letter, arbitrary, howMany] of make) {
    const resources = fc.sample(arbitrary, { numRuns: howMany, seed: 7 });
    const stored = await Promise.all(
      resources.map(async (resource, at) => {
        const id = `${letter}${at}`;
        const { result } = await house.store.write(
          clinician,
          { method: 'create', type, id },
          JSON.stringify(resource),
        );
        return { id, lastUpdated: result.lastUpdated, resource: resource as Kept['resource'] };
      }),
    );
    kept.set(type, stored);
  }
});
afterAll(() => house.close());

/** All pages of a search, and its total. */
async function everyPage(type: string, search: SearchRequest, store = house.store) {
  const ids: string[] = [];
  let cursor: string | undefined;
  let total: number | undefined;
  do {
    const { result } = await store.search(clinician, {
      type,
      search: cursor === undefined ? search : { ...search, cursor, total: 'none' },
    });
    expect(result.matches.length).toBeLessThanOrEqual(search.count);
    if (result.next) expect(result.matches).toHaveLength(search.count);
    ids.push(...result.matches.map(({ id }) => id));
    cursor = result.next;
    total ??= result.total;
  } while (cursor !== undefined && ids.length < 1_000);
  return { ids, total };
}

function expectInOrder(type: string, ids: readonly string[], { sort }: SearchRequest): void {
  const byId = new Map(kept.get(type)!.map((each) => [each.id, each]));
  const before = (a: unknown, b: unknown, descending: boolean) =>
    a === b
      ? 0
      : a === undefined
        ? 1
        : b === undefined
          ? -1
          : (a as string) < (b as string) !== descending
            ? -1
            : 1;
  for (let at = 1; at < ids.length; at += 1) {
    const [one, other] = [byId.get(ids[at - 1]!)!, byId.get(ids[at]!)!];
    const order = sort.map(({ parameter, descending }) =>
      before(
        sortValue(type, one, parameter, descending),
        sortValue(type, other, parameter, descending),
        descending,
      ),
    );
    expect(order.find((each) => each !== 0) ?? 0).toBeLessThanOrEqual(0);
  }
}

const cases = Number(process.env['SEPTUM_SEARCH_CASES'] ?? 50);

describe('a search', () => {
  it('finds what an evaluation of every resource finds, in order, page by page, none twice and none missed', async () => {
    await fc.assert(
      fc.asyncProperty(query, async ({ type, filters, sort, size }) => {
        const pairs = [
          ...filters,
          ['_count', String(size)],
          ['_total', 'accurate'],
          ...(sort ? [['_sort', sort]] : []),
        ] as [string, string][];
        const search = parseSearch(type, pairs);
        const expected = expectedMatches(type, kept.get(type)!, search);
        const { ids, total } = await everyPage(type, search);
        expect(ids.toSorted()).toEqual(expected.toSorted());
        expect(total).toBe(expected.length);
        expectInOrder(type, ids, search);
      }),
      { numRuns: cases },
    );
  });

  it('finds the same when it walks along the order instead of gathering', async () => {
    const walking = house.open({ gatherLimit: 3 });
    await fc.assert(
      fc.asyncProperty(query, async ({ type, filters, sort, size }) => {
        fc.pre(!sort.includes(','));
        const search = parseSearch(type, [
          ...filters,
          ['_count', String(size)],
          ...(sort ? [['_sort', sort]] : []),
        ] as [string, string][]);
        const { ids } = await everyPage(type, search, walking);
        expect(ids.toSorted()).toEqual(expectedMatches(type, kept.get(type)!, search).toSorted());
        expectInOrder(type, ids, search);
      }),
      { numRuns: cases },
    );
  });

  it('takes a tenth of the time since then for approximately, also of _lastUpdated', async () => {
    const written = kept.get('RiskAssessment')!.map(({ lastUpdated }) => lastUpdated);
    const day = 86_400_000;
    const asked = new Date(Math.max(...written) + day).toISOString();
    const foundAfter = async (days: number, prefix: string) => {
      const store = house.open({ now: () => Math.max(...written) + days * day });
      const search = parseSearch('RiskAssessment', [
        ['_lastUpdated', `${prefix}${asked}`],
        ['_count', '100'],
      ]);
      return (await everyPage('RiskAssessment', search, store)).ids.length;
    };
    expect(await foundAfter(13, 'ap')).toBe(30);
    expect(await foundAfter(9, 'ap')).toBe(0);
    expect(await foundAfter(13, 'eq')).toBe(0);
  });

  it('counts without matches', async () => {
    const { result, texts } = await house.store.search(clinician, {
      type: 'Observation',
      search: parseSearch('Observation', [['_summary', 'count']]),
    });
    expect([result.total, result.matches, texts]).toEqual([count, [], []]);
  });

  it('refuses a cursor of another search, and one that it did not write', async () => {
    const search = parseSearch('Observation', [['_count', '5']]);
    const { result } = await house.store.search(clinician, { type: 'Observation', search });
    for (const [filters, cursor] of [
      [[['code', 'a']], result.next!],
      [[], 'nonsense'],
      [[], `${result.next}x`.slice(1)],
    ] as const) {
      const other = parseSearch('Observation', [
        ...filters.map(([name, value]) => [name, value] as [string, string]),
        ['_count', '5'],
        ['_cursor', cursor],
      ]);
      await expect(
        house.store.search(clinician, { type: 'Observation', search: other }),
      ).rejects.toMatchObject({ kind: 'bad-parameter' });
    }
  });

  it('says which parameters it can sort by', async () => {
    const search = parseSearch('Observation', [['_sort', 'code']]);
    await expect(house.store.search(clinician, { type: 'Observation', search })).rejects.toMatchObject({
      kind: 'not-supported',
    });
  });
});
