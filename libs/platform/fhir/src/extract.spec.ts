import { describe, expect, it } from '@jest/globals';
import { resourceTypes } from './definitions.ts';
import { beginningOfTime, endOfTime } from './date-interval.ts';
import { extract, references } from './extract.ts';
import { largestNumber, smallestNumber } from './number-interval.ts';

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '1-8' }, { code: 'own' }] },
  subject: { reference: 'Patient/1/_history/4' },
  performer: [
    { reference: 'https://own/fhir/Patient/2' },
    { reference: 'https://other/Patient/3' },
    { reference: '#c' },
  ],
  effectivePeriod: { start: '2024-01-01' },
  valueQuantity: {
    value: 1.1,
    comparator: '<',
    system: 'http://unitsofmeasure.org',
    code: 'mg',
    unit: 'milligram',
  },
  component: [{ code: { text: 'x' }, valueQuantity: { value: 2, unit: 'g' } }],
};

describe('extract', () => {
  const values = extract('Observation', observation, { ownBase: 'https://own/fhir' });

  it('gives codes their system, also the one that a required value set implies', () => {
    expect(values.tokens).toContainEqual({ parameter: 'code', system: 'http://loinc.org', code: '1-8' });
    expect(values.tokens).toContainEqual({ parameter: 'code', code: 'own' });
    expect(values.tokens).toContainEqual({
      parameter: 'status',
      system: 'http://hl7.org/fhir/observation-status',
      code: 'final',
    });
  });

  it('reads own references by type and id, foreign ones by URL, and leaves contained ones out', () => {
    expect(
      values.references.filter(({ parameter }) => parameter === 'subject' || parameter === 'patient'),
    ).toEqual([
      { parameter: 'subject', targetType: 'Patient', targetId: '1' },
      { parameter: 'patient', targetType: 'Patient', targetId: '1' },
    ]);
    expect(values.references.filter(({ parameter }) => parameter === 'performer')).toEqual([
      { parameter: 'performer', targetType: 'Patient', targetId: '2' },
      { parameter: 'performer', targetType: 'Patient', url: 'https://other/Patient/3' },
    ]);
  });

  it('puts the resource into the compartments of its own patients only', () => {
    expect(values.patients).toEqual(['1', '2']);
    expect(extract('Patient', { resourceType: 'Patient' }, { id: 'p' }).patients).toEqual(['p']);
    expect(
      extract('Patient', {
        resourceType: 'Patient',
        id: 'p',
        link: [{ other: { reference: 'Patient/q' } }],
      }).patients,
    ).toEqual(['p', 'q']);
    expect(extract('Organization', { resourceType: 'Organization', id: 'o' }).patients).toEqual([]);
  });

  it('opens dates and quantities where they are open', () => {
    expect(values.dates).toContainEqual({
      parameter: 'date',
      low: Date.parse('2024-01-01'),
      high: endOfTime,
    });
    expect(values.quantities).toContainEqual({
      parameter: 'value-quantity',
      low: smallestNumber,
      high: 1.1,
      system: 'http://unitsofmeasure.org',
      code: 'mg',
      unit: 'milligram',
    });
    expect(values.quantities).toContainEqual({
      parameter: 'component-value-quantity',
      low: 2,
      high: 2,
      unit: 'g',
    });
    expect([beginningOfTime, endOfTime, smallestNumber, largestNumber]).toEqual(
      JSON.parse(JSON.stringify([beginningOfTime, endOfTime, smallestNumber, largestNumber])),
    );
  });

  it('says of every patient whether they are dead', () => {
    const deceased = (fields: object) =>
      extract('Patient', { resourceType: 'Patient', ...fields })
        .tokens.filter(({ parameter }) => parameter === 'deceased')
        .map(({ code }) => code);
    expect(deceased({})).toEqual(['false']);
    expect(deceased({ deceasedBoolean: false })).toEqual(['false']);
    expect(deceased({ deceasedBoolean: true })).toEqual(['true']);
    expect(deceased({ deceasedDateTime: '2024' })).toEqual(['true']);
  });

  it('keeps only the references of the right kind where a parameter asks for one', () => {
    const appointment = {
      resourceType: 'Appointment',
      contained: [{ resourceType: 'Patient', id: 'c' }],
      participant: [
        { actor: { reference: 'Patient/1' } },
        { actor: { reference: 'Location/2' } },
        { actor: { reference: '#c' } },
      ],
    };
    const of = (code: string) =>
      extract('Appointment', appointment)
        .references.filter(({ parameter }) => parameter === code)
        .map(({ targetId }) => targetId);
    expect([of('patient'), of('location'), of('practitioner'), of('actor')]).toEqual([
      ['1'],
      ['2'],
      [],
      ['1', '2'],
    ]);
  });

  it('compiles for every type', () => {
    for (const resourceType of resourceTypes)
      expect(extract(resourceType, { resourceType }).dates).toEqual([]);
  });
});

describe('references', () => {
  it('finds each literal reference once, wherever it stands', () => {
    const resource = {
      ...observation,
      extension: [{ url: 'e', valueReference: { reference: 'urn:uuid:1' } }],
      focus: [{ reference: 'Patient/1' }],
    };
    expect(references(resource, 'https://own/fhir')).toEqual([
      'Patient/1',
      'Patient/2',
      'https://other/Patient/3',
      'urn:uuid:1',
    ]);
  });
});
