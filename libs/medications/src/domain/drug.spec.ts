import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drugName } from './drug-name.ts';
import { drugTable, emptyDrugTable } from './drug-table.ts';
import { drugOf, sameProduct, sharedClasses, sharedIngredient } from './drug.ts';

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const coded = (code: string, display: string) => ({ coding: [{ system: rxnorm, code, display }] });
const of = (concept: unknown) => drugOf(concept, undefined, emptyDrugTable);

describe('the name of a drug', () => {
  it.each([
    ['Warfarin Sodium 5 MG Oral Tablet', ['warfarin sodium'], ['5 mg'], ['oral', 'tablet']],
    ['metoprolol 50mg tab', ['metoprolol'], ['50 mg'], ['tab']],
    ['1 ML DOCEtaxel 20 MG/ML Injection', ['docetaxel'], ['20 mg/ml'], ['injection']],
    [
      '24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet [Glucophage]',
      ['metformin hydrochloride'],
      ['500 mg'],
      ['extended', 'oral', 'release', 'tablet'],
    ],
    [
      'Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet',
      ['amoxicillin', 'clavulanate'],
      ['125 mg', '250 mg'],
      ['oral', 'tablet'],
    ],
    [
      'NDA020503 200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler',
      ['albuterol'],
      ['0.09 mg/actuat'],
      ['dose', 'inhaler', 'metered'],
    ],
    ['Insulin 100 IU/ml', ['insulin'], ['100 units/ml'], []],
    ['Levothyroxin 12,5 µg', ['levothyroxin'], ['12.5 mcg'], []],
    ['Vitamin B 12 5 MG/ML Injectable Solution', ['vitamin b 12'], ['5 mg/ml'], ['injectable', 'solution']],
    ['', [], [], []],
  ])('of %j is taken apart into name, strength and form', (text, names, strengths, form) => {
    expect(drugName(text)).toEqual({ names, strengths, form });
  });

  it('is not changed by strength, form, case and space', () => {
    const word = fc.stringMatching(/^[a-z]{5,9}$/).filter((each) => drugName(each).names.length === 1);
    const product = fc.tuple(
      word,
      fc.integer({ min: 1, max: 999 }),
      fc.constantFrom('mg', 'MCG', 'g', 'mg/ml'),
    );
    fc.assert(
      fc.property(product, ([name, amount, unit]) => {
        expect(drugName(`  ${name.toUpperCase()}  ${amount} ${unit} oral Tablet`).names).toEqual([name]);
      }),
    );
  });
});

describe('two drugs', () => {
  const table = drugTable([
    {
      code: coded('861007', 'metformin 500'),
      ingredient: [{ itemCodeableConcept: coded('6809', 'metformin') }],
      medicineClassification: [
        { classification: [{ coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA' }] }] },
      ],
    },
    {
      status: 'entered-in-error',
      code: coded('9', 'x'),
      ingredient: [{ itemCodeableConcept: coded('6809', 'metformin') }],
    },
  ]);

  it('are alike by a code, by a loaded ingredient, else by name', () => {
    const tablet = drugOf(coded('861007', 'A brand'), undefined, table);
    expect(sharedIngredient(tablet, of(coded('861007', 'B brand')))).toBe('code');
    expect(sharedIngredient(tablet, of(coded('6809', 'metformin')))).toBe('ingredient');
    expect(sharedIngredient(of({ text: 'Metformin 500 mg' }), of({ text: 'METFORMIN 850 MG tablet' }))).toBe(
      'name',
    );
    expect(sharedIngredient(tablet, of(coded('9', 'x')))).toBeUndefined();
    expect(sharedIngredient(drugOf(coded('9', 'x'), undefined, table), tablet)).toBeUndefined();
  });

  it('are alike by the ingredients that a Medication names', () => {
    const medication = {
      code: { text: 'Brand' },
      ingredient: [{ itemCodeableConcept: coded('6809', 'metformin') }],
    };
    expect(sharedIngredient(drugOf(undefined, medication, emptyDrugTable), of(coded('6809', '')))).toBe(
      'ingredient',
    );
  });

  it('without words and codes are alike to none, not even to themselves', () => {
    expect(sharedIngredient(of({}), of({}))).toBeUndefined();
    expect(sameProduct(of({}), of({}))).toBe(false);
  });

  it('are one product by code, or by name, strength and form', () => {
    expect(
      sameProduct(of({ text: 'Metoprolol 50 mg tablet' }), of({ text: 'metoprolol  50MG Tablet' })),
    ).toBe(true);
    expect(
      sameProduct(of({ text: 'Metoprolol 50 mg tablet' }), of({ text: 'Metoprolol 100 mg tablet' })),
    ).toBe(false);
  });

  it('share only the classes that were loaded', () => {
    const tablet = drugOf(coded('861007', 'm'), undefined, table);
    expect(sharedClasses(tablet, tablet)).toEqual(['http://www.whocc.no/atc|A10BA']);
    expect(sharedClasses(tablet, of(coded('6809', 'm')))).toEqual([]);
  });
});
