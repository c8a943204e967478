import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Resource } from '#platform/store';
import { emptyDrugTable, drugTable, type DrugTable } from './drug-table.ts';
import { findings, type ReconciledStay } from './findings.ts';
import { therapyLine, type TherapyLine } from './therapy-line.ts';
import { grouped, worksheet } from './worksheet.ts';

const stay: ReconciledStay = {
  encounter: 'Encounter/stay',
  span: { start: Date.UTC(2026, 2, 2), end: Date.UTC(2026, 2, 9) },
  ended: [],
};

function line(resource: Resource, table: DrugTable = emptyDrugTable): TherapyLine {
  const resolve = (reference: unknown) => (typeof reference === 'string' ? reference : undefined);
  return therapyLine({ resource, text: JSON.stringify(resource), version: '1', resolve }, table)!;
}

const order = (id: string, text: string, more: object = {}) =>
  line({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text },
    authoredOn: '2026-03-01',
    ...more,
  });
const statement = (id: string, text: string, more: object = {}) =>
  line({
    resourceType: 'MedicationStatement',
    id,
    status: 'active',
    medicationCodeableConcept: { text },
    ...more,
  });
const daily = (value: number, frequency = 1) => ({
  dosageInstruction: [
    {
      doseAndRate: [{ doseQuantity: { value, unit: 'mg' } }],
      timing: { repeat: { frequency, period: 1, periodUnit: 'd' } },
    },
  ],
});
const kinds = (lines: readonly TherapyLine[], allergies: readonly Resource[] = [], of = stay) =>
  findings(lines, allergies, of).map(({ kind, about }) => [kind, ...about]);
const inpatient = { category: [{ coding: [{ code: 'inpatient' }] }] };

describe('a duplicate', () => {
  const [a, b] = [order('a', 'Ibuprofen 400 mg tablet'), order('b', 'IBUPROFEN 600 MG')];

  it('is the same ingredient ordered twice at one time', () => {
    expect(kinds([a, b])).toEqual([['duplicate', 'MedicationRequest/a', 'MedicationRequest/b']]);
    expect(findings([a, b], [], stay)[0]!.detail).toContain('by name alone');
  });

  it('is none when one follows from the other, one only reports, is over, or their periods do not meet', () => {
    const prior = { priorPrescription: { reference: 'MedicationRequest/a' } };
    expect(kinds([a, order('b', 'Ibuprofen', prior)])).toEqual([]);
    expect(kinds([a, order('b', 'Ibuprofen', { reportedBoolean: true })])).toEqual([]);
    expect(kinds([a, statement('b', 'Ibuprofen')])).toEqual([]);
    expect(kinds([a, order('b', 'Ibuprofen', { status: 'completed' })])).toEqual([]);
    const bounds = (start: string, end: string) => ({
      dosageInstruction: [{ timing: { repeat: { boundsPeriod: { start, end } } } }],
    });
    expect(
      kinds([
        order('a', 'Ibuprofen', bounds('2026-01-01', '2026-02-01')),
        order('b', 'Ibuprofen', bounds('2026-03-01', '2026-04-01')),
      ]),
    ).toEqual([]);
  });

  it('is therapeutic only where the installation has loaded that two are in one class', () => {
    const coding = (code: string) => ({ coding: [{ system: 'urn:drugs', code }] });
    const known = (code: string) => ({
      code: coding(code),
      medicineClassification: [{ classification: [{ coding: [{ system: 'urn:class', code: 'nsaid' }] }] }],
    });
    const pair = (table: DrugTable) =>
      ['x', 'y'].map((code) =>
        line(
          {
            resourceType: 'MedicationRequest',
            id: code,
            status: 'active',
            medicationCodeableConcept: coding(code),
          },
          table,
        ),
      );
    expect(kinds(pair(drugTable([known('x'), known('y')])))).toEqual([
      ['therapeutic-duplicate', 'MedicationRequest/x', 'MedicationRequest/y'],
    ]);
    expect(kinds(pair(drugTable([known('x')])))).toEqual([]);
  });
});

describe('what was omitted at discharge', () => {
  it('was in force before or during the stay, and is not ordered beyond it', () => {
    const home = statement('home', 'Levothyroxine 50 mcg');
    const paused = order('paused', 'Warfarin', { status: 'on-hold' });
    const ward = order('ward', 'Heparin', {
      ...inpatient,
      encounter: { reference: 'Encounter/stay' },
      status: 'completed',
    });
    expect(kinds([home, paused, ward])).toEqual([
      ['omitted-at-discharge', 'MedicationRequest/paused'],
      ['omitted-at-discharge', 'MedicationRequest/ward'],
      ['omitted-at-discharge', 'MedicationStatement/home'],
    ]);
    expect(kinds([home, order('new', 'levothyroxine 75 mcg tablet')])).toEqual([]);
  });

  it('is not what was over long before, never begun, or ended by a decision', () => {
    const old = statement('old', 'Amoxicillin', {
      status: 'completed',
      effectivePeriod: { start: '2020-01-01', end: '2020-01-08' },
    });
    expect(
      kinds([
        old,
        order('b', 'Aspirin', { status: 'cancelled' }),
        order('c', 'Codeine', { status: 'stopped' }),
      ]),
    ).toEqual([]);
    const home = statement('home', 'Levothyroxine');
    expect(kinds([home], [], { ...stay, ended: ['MedicationStatement/home 1'] })).toEqual([]);
  });
});

describe('a changed dose', () => {
  it('is the same ingredient with another dose or frequency', () => {
    const home = statement('home', 'Metoprolol', { dosage: daily(50).dosageInstruction });
    const changed = [['changed-dose', 'MedicationRequest/new', 'MedicationStatement/home']];
    expect(kinds([home, order('new', 'Metoprolol', daily(100))])).toEqual(changed);
    expect(kinds([home, order('new', 'Metoprolol', daily(50, 2))])).toEqual(changed);
    expect(kinds([home, order('new', 'Metoprolol', daily(50))])).toEqual([]);
    expect(kinds([home, order('new', 'Metoprolol')])).toEqual([]);
  });

  it('is seen by the strength of the tablet when the words for the dose are the same', () => {
    const one = { dosageInstruction: [{ text: 'one tablet daily' }] };
    const strong = (mg: string) => statement('home', `Metoprolol ${mg}`, { dosage: one.dosageInstruction });
    const beyond = order('new', 'Metoprolol 50 mg', one);
    expect(kinds([strong('100 mg'), beyond])).toHaveLength(1);
    expect(kinds([strong('50 mg'), beyond])).toEqual([]);
    expect(kinds([strong(''), beyond])).toEqual([]);
  });
});

describe('a conflict with an allergy', () => {
  const penicillin = { resourceType: 'AllergyIntolerance', id: 'p', code: { text: 'Amoxicillin' } };

  it('is an active one whose substance is the drug or an ingredient of it', () => {
    const both = order('a', 'Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet');
    expect(kinds([both], [penicillin])).toEqual([['allergy', 'AllergyIntolerance/p', 'MedicationRequest/a']]);
    const status = (clinicalStatus: string) => ({
      ...penicillin,
      clinicalStatus: { coding: [{ code: clinicalStatus }] },
    });
    expect(kinds([both], [status('active')])).toHaveLength(1);
    expect(kinds([both], [status('resolved')])).toEqual([]);
    expect(kinds([both], [{ ...penicillin, verificationStatus: { coding: [{ code: 'refuted' }] } }])).toEqual(
      [],
    );
    expect(kinds([order('b', 'Cefalexin')], [penicillin])).toEqual([]);
  });
});

describe('worksheets', () => {
  const names = [
    'Ibuprofen 400 mg',
    'Ibuprofen',
    'Codeine 30 mg',
    'Ibuprofen 200 mg / Codeine 10 mg tablet',
    'Warfarin',
  ];
  const some = fc
    .uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 99 }),
        text: fc.constantFrom(...names),
        make: fc.constantFrom(order, statement),
        status: fc.constantFrom('active', 'on-hold', 'stopped', 'completed'),
        dose: fc.constantFrom({}, daily(5), daily(10)),
      }),
      { selector: ({ id, make }) => `${make.name} ${id}`, maxLength: 12 },
    )
    .map((all) => all.map(({ id, text, make, status, dose }) => make(`l${id}`, text, { status, ...dose })));
  const of = (lines: readonly TherapyLine[]) => worksheet({ lines, allergies: [], missing: [] }, stay);

  it('are the same in whatever order the sources answered, and however often they are made', () => {
    fc.assert(
      fc.property(
        some.chain((lines) =>
          fc.tuple(fc.constant(lines), fc.shuffledSubarray([...lines], { minLength: lines.length })),
        ),
        ([lines, shuffled]) => {
          expect(of(shuffled)).toEqual(of(lines));
          expect(of(lines)).toEqual(of(lines));
        },
      ),
    );
  });

  it('have each line in one group, and lines with an ingredient in common in the same', () => {
    fc.assert(
      fc.property(some, (lines) => {
        const groups = grouped(lines);
        expect(groups.flat()).toHaveLength(lines.length);
        expect(new Set(groups.flat())).toEqual(new Set(lines));
        for (const { about } of of(lines).findings) {
          expect(
            groups.filter((group) => group.some(({ reference }) => about.includes(reference))),
          ).toHaveLength(1);
        }
      }),
    );
  });

  it('do not change what they say of one drug because of another', () => {
    const foreign = [
      order('z1', 'Zopiclone 5 mg', daily(5)),
      statement('z2', 'Zopiclone', { dosage: daily(7).dosageInstruction }),
    ];
    fc.assert(
      fc.property(some, (lines) => {
        const [alone, beside] = [of(lines).findings, of([...lines, ...foreign]).findings];
        expect(beside.filter(({ about }) => !about.some((each) => each.includes('/z')))).toEqual(alone);
      }),
    );
  });

  it('change their tag with a version, a finding, a missing source', () => {
    const lines = [order('a', 'Ibuprofen')];
    const tags = [
      of(lines),
      of(lines.map((each) => ({ ...each, version: '2' }))),
      worksheet({ lines, allergies: [{ id: 'i', code: { text: 'ibuprofen' } }], missing: [] }, stay),
      worksheet({ lines, allergies: [], missing: ['MedicationDispense'] }, stay),
    ].map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(4);
    const given = line({
      resourceType: 'MedicationAdministration',
      id: 'g',
      status: 'completed',
      medicationCodeableConcept: { text: 'Ibuprofen' },
    });
    expect(of([...lines, given]).tag).toBe(tags[0]);
  });

  it('have nothing to decide on where an order forbids the drug, or only proposes it', () => {
    for (const more of [{ doNotPerform: true }, { intent: 'proposal' }, { intent: 'option' }])
      expect(order('a', 'Ibuprofen', more)).toBeUndefined();
    expect(order('a', 'Ibuprofen', { doNotPerform: false, intent: 'plan' })).toBeDefined();
  });

  it('have the newest dispense to decide on where nobody ordered or reported the drug', () => {
    const dispense = (id: string, text: string, on: string) =>
      line({
        resourceType: 'MedicationDispense',
        id,
        status: 'completed',
        medicationCodeableConcept: { text },
        whenHandedOver: on,
      });
    const [older, newer] = [dispense('1', 'Warfarin', '2026-01-01'), dispense('2', 'Warfarin', '2026-02-01')];
    const [alone] = of([older, newer]).groups;
    expect(alone!.lines).toEqual([newer]);
    const [beside] = of([older, newer, order('a', 'Warfarin')]).groups;
    expect([beside!.lines.map(({ reference }) => reference), beside!.evidence]).toEqual([
      ['MedicationRequest/a'],
      [newer],
    ]);
  });
});
