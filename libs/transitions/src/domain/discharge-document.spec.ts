import { describe, expect, it } from '@jest/globals';
import { dischargeDocument } from './discharge-document.ts';
import { builtInRules } from './transition-rules.ts';
import { fact, type Fact } from './fact.ts';
import { seriesOf } from './observation-series.ts';

const stay = { encounter: { reference: 'Encounter/e1' }, subject: { reference: 'Patient/p1' } };
const ids = {
  bundle: 'b1',
  composition: 'd1',
  documentReference: 'r1',
  document: '0b2c1d3e-4f50-8a61-9b72-8c83ad94be05',
};
const making = { ids, time: '2026-03-09T10:00:00.000Z', rules: builtInRules, replaced: [] };

function facts(...resources: object[]): Fact[] {
  return resources.map((resource) => fact(JSON.stringify(resource)));
}

const [encounter, patient] = facts(
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'IMP', display: 'inpatient encounter' },
    subject: { reference: 'Patient/p1' },
    period: { start: '2026-03-02T08:15:00+01:00', end: '2026-03-09T10:00:00Z' },
    participant: [
      { individual: { reference: 'Practitioner/consult' } },
      { type: [{ coding: [{ code: 'ATND' }] }], individual: { reference: 'Practitioner/attending' } },
    ],
    serviceProvider: { reference: 'Organization/o1' },
    reasonCode: [{ text: 'Chest pain' }],
    hospitalization: { dischargeDisposition: { text: 'Home' } },
  },
  {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ use: 'official', given: ['Ada', 'B.'], family: "O'Neil & <Sons>" }],
    birthDate: '1950-01-02',
  },
) as [Fact, Fact];

const others = [
  fact(
    '{"resourceType":"Observation","id":"creatinine","status":"final","category":[{"coding":[{"code":"laboratory"}]}],' +
      '"code":{"text":"Creatinine"},"effectiveDateTime":"2026-03-05","valueQuantity":{"value":1.10,"unit":"mg/dL"}}',
  ),
  ...facts(
    {
      resourceType: 'Practitioner',
      id: 'attending',
      name: [{ prefix: ['Dr'], given: ['Eva'], family: 'Stern' }],
    },
    { resourceType: 'Organization', id: 'o1', name: 'General Hospital' },
    { resourceType: 'Condition', id: 'c2', code: { text: 'Angina' }, onsetDateTime: '2026-03-03', ...stay },
    {
      resourceType: 'Condition',
      id: 'c1',
      code: { text: 'Infarction' },
      onsetDateTime: '2026-03-02',
      ...stay,
    },
    {
      resourceType: 'Condition',
      id: 'wrong',
      code: { text: 'Mistaken' },
      verificationStatus: { coding: [{ code: 'entered-in-error' }] },
    },
    {
      resourceType: 'MedicationRequest',
      id: 'm1',
      status: 'active',
      medicationReference: { reference: 'Medication/aspirin' },
      dosageInstruction: [{ text: '1 tablet daily', patientInstruction: 'Take with food' }],
    },
    {
      resourceType: 'MedicationRequest',
      id: 'm2',
      status: 'stopped',
      medicationCodeableConcept: { text: 'Heparin' },
    },
    { resourceType: 'Medication', id: 'aspirin', code: { text: 'Aspirin 100 mg' } },
    {
      resourceType: 'Observation',
      id: 'bp',
      category: [{ coding: [{ code: 'vital-signs' }] }],
      code: { text: 'Blood pressure' },
      component: [{ code: { text: 'Systolic' }, valueQuantity: { value: 120, unit: 'mmHg' } }],
    },
  ),
];

interface Section {
  title: string;
  code: { coding: { code: string }[] };
  text: { div: string };
  entry?: { reference: string }[];
  emptyReason?: object;
}

function assembled(
  given = { encounter, patient, others } as Parameters<typeof dischargeDocument>[0],
  how: Partial<Parameters<typeof dischargeDocument>[1]> = {},
) {
  const document = dischargeDocument(given, { ...making, ...how });
  const bundle = JSON.parse(document.bundle.text) as {
    entry: { fullUrl: string; resource: Record<string, unknown> }[];
  };
  const composition = bundle.entry[0]!.resource as { section: Section[]; text: { div: string } } & Record<
    string,
    unknown
  >;
  const section = (code: string) =>
    composition.section.find((candidate) => candidate.code.coding[0]!.code === code)!;
  return { document, bundle, composition, section };
}

describe('a discharge summary', () => {
  it('is called as the rules call it, wherever its name is read', () => {
    const rules = { ...builtInRules, document: { ...builtInRules.document, title: 'Letter of North' } };
    const { document, composition } = assembled(undefined, { rules });
    expect(composition['title']).toBe('Letter of North');
    expect(composition.text.div).toContain('Letter of North');
    expect(JSON.parse(document.documentReference.text)).toMatchObject({
      description: 'Letter of North',
      content: [{ attachment: { title: 'Letter of North' } }],
    });
  });

  it('is a document whose first entry is the Composition 18842-5', () => {
    const { bundle, composition, document } = assembled();
    expect(bundle).toMatchObject({
      resourceType: 'Bundle',
      type: 'document',
      timestamp: '2026-03-09T10:00:00.000Z',
    });
    expect(composition).toMatchObject({
      resourceType: 'Composition',
      status: 'final',
      type: { coding: [{ system: 'http://loinc.org', code: '18842-5' }] },
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      author: [{ reference: 'Practitioner/attending' }],
      custodian: { reference: 'Organization/o1' },
    });
    expect(JSON.parse(document.composition.text)).toEqual(composition);
  });

  it('holds what it refers to, once, as it is stored', () => {
    const { bundle, composition, document } = assembled();
    const urls = bundle.entry.map(({ fullUrl }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
    for (const { reference } of composition.section.flatMap(({ entry }) => entry ?? []))
      expect(urls).toContainEqual(expect.stringMatching(`/${reference}$`));
    expect(document.bundle.text).toContain(others[0]!.text);
    expect(document.bundle.text).not.toContain('Mistaken');
    expect(document.bundle.text).not.toContain('Heparin');
  });

  it('is the same, whoever assembles it and in whichever order the facts came', () => {
    const { document } = assembled();
    expect(assembled({ encounter, patient, others: others.toReversed() }).document).toEqual(document);
  });

  it('leaves out what was ruled out, and what was only proposed', () => {
    const ruledOut = { verificationStatus: { coding: [{ code: 'refuted' }] } };
    const order = { resourceType: 'MedicationRequest', status: 'active', subject: stay.subject };
    const { document } = assembled({
      encounter,
      patient,
      others: facts(
        { resourceType: 'Condition', id: 'c', code: { text: 'Tuberculosis' }, ...ruledOut, ...stay },
        { resourceType: 'AllergyIntolerance', id: 'a', code: { text: 'Latex' }, ...ruledOut },
        { ...order, id: 'm1', intent: 'proposal', medicationCodeableConcept: { text: 'Metamizole' } },
        { ...order, id: 'm2', intent: 'option', medicationCodeableConcept: { text: 'Ibuprofen' } },
      ),
    });
    expect(document.bundle.text).not.toMatch(/Tuberculosis|Latex|Metamizole|Ibuprofen/);
  });

  it('says plainly of what is forbidden that it is, and of a plan that it is one', () => {
    const order = { resourceType: 'MedicationRequest', status: 'active', subject: stay.subject };
    const told = [{ patientInstruction: 'Not even one' }];
    const { section } = assembled({
      encounter,
      patient,
      others: facts(
        {
          ...order,
          id: 'm1',
          intent: 'order',
          doNotPerform: true,
          medicationCodeableConcept: { text: 'Metamizole' },
          dosageInstruction: told,
        },
        { ...order, id: 'm2', intent: 'plan', medicationCodeableConcept: { text: 'Aspirin' } },
        {
          ...order,
          id: 'm3',
          intent: 'plan',
          reportedBoolean: true,
          medicationCodeableConcept: { text: 'Digoxin' },
        },
        {
          resourceType: 'ServiceRequest',
          id: 's',
          status: 'active',
          intent: 'order',
          doNotPerform: true,
          code: { text: 'Contrast agent' },
          patientInstruction: 'Say so',
        },
      ),
    });
    const medications = section('10183-2').text.div;
    expect(medications).toContain('<td>DO NOT GIVE: Metamizole</td><td>Not even one</td><td>Forbidden</td>');
    expect(medications).toContain('<td>Aspirin</td><td></td><td>Planned</td>');
    expect(medications).toContain('<td>Digoxin</td><td></td><td>Reported</td>');
    expect(section('18776-5').text.div).toContain('<td>DO NOT DO: Contrast agent</td>');
    expect(section('8653-8').text.div).toContain('<td>DO NOT GIVE: Metamizole</td>');
    expect(section('8653-8').text.div).toContain('<td>DO NOT DO: Contrast agent</td>');
  });

  it('has every section, and says of an empty one that nothing is recorded', () => {
    const { composition, section } = assembled();
    expect(composition.section.map(({ code }) => code.coding[0]!.code)).toEqual(
      builtInRules.document.sections.map(({ code }) => code),
    );
    const allergies = section('48765-2');
    expect(allergies.entry).toBeUndefined();
    expect(allergies.emptyReason).toMatchObject({ coding: [{ code: 'unavailable' }] });
    expect(allergies.text.div).toContain(
      'No allergy is recorded. This does not mean that the patient has none.',
    );
    expect(section('11535-2').emptyReason).toBeUndefined();
  });

  it('has every section that hospitals are asked for', () => {
    const required = ['8648-8', '11535-2', '10183-2', '48765-2', '18776-5', '8653-8'];
    const further = ['30954-2', '47519-4', '8716-3', '47420-5'];
    const builtIn = builtInRules.document.sections.map(({ code }) => code);
    expect(builtIn).toEqual(expect.arrayContaining([...required, ...further]));
    const bare = fact(JSON.stringify({ resourceType: 'Encounter', id: 'e9', status: 'finished' }));
    const { composition } = assembled({ encounter: bare, patient: undefined, others: [] });
    for (const { code, entry, emptyReason, text } of composition.section) {
      expect(text.div).toMatch(/recorded/);
      // The course of the stay is the encounter itself, which is always there.
      if (code.coding[0]!.code === '8648-8') expect(entry).toHaveLength(1);
      else expect([entry, emptyReason]).toEqual([undefined, expect.anything()]);
    }
  });

  it('has the sections that its rules ask for, in their order, and says which rules they are', () => {
    const sections = ['48765-2', '11535-2'].map((wanted) =>
      builtInRules.document.sections.find(({ code }) => code === wanted)!,
    );
    const document3 = { ...builtInRules.document, title: 'Summary', sections };
    const rules = { ...builtInRules, name: 'texas', version: '3', document: document3 };
    const { composition, document } = assembled(undefined, { rules });
    expect(composition.section.map(({ code }) => code.coding[0]!.code)).toEqual(['48765-2', '11535-2']);
    const tag = [{ system: 'https://septum.dev/fhir/CodeSystem/rule-pack', code: 'texas|3' }];
    expect(composition).toMatchObject({ meta: { tag }, title: 'Summary' });
    expect(JSON.parse(document.documentReference.text)).toMatchObject({ meta: { tag } });
    expect(document.bundle.text).not.toContain('creatinine');
  });

  it('says how many observations it leaves out, in the section where they would stand, and where they are', () => {
    const pressure = others.find(({ id }) => id === 'bp')!;
    const { section } = assembled(undefined, { leftOut: { [seriesOf(pressure)]: 1234 } });
    expect(section('8716-3').text.div).toContain(
      '1234 more are recorded and not listed; who treated has them: Observation?encounter=Encounter/e1.',
    );
    expect(section('30954-2').text.div).not.toContain('not listed');
  });

  it('says which documents of the same stay it replaces', () => {
    const { composition, document } = assembled(undefined, {
      replaced: ['Composition/d0', 'DocumentReference/r0'],
    });
    expect(composition['relatesTo']).toEqual([
      { code: 'replaces', targetReference: { reference: 'Composition/d0' } },
    ]);
    expect(JSON.parse(document.documentReference.text)).toMatchObject({
      relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/r0' } }],
    });
    expect(assembled().composition).not.toHaveProperty('relatesTo');
  });

  it('tells a person the facts, in the order they happened', () => {
    const { section } = assembled();
    expect(section('11535-2').text.div).toMatch(/Infarction.*Angina/);
    expect(section('10183-2').text.div).toContain(
      '<td>Aspirin 100 mg</td><td>1 tablet daily. Take with food</td>',
    );
    expect(section('8653-8').text.div).toContain('<td>Aspirin 100 mg</td><td>Take with food</td>');
    expect(section('30954-2').text.div).toContain(
      '<td>Creatinine</td><td>2026-03-05</td><td>1.10 mg/dL</td>',
    );
    expect(section('30954-2').text.div).not.toContain('Blood pressure');
    expect(section('8716-3').text.div).toContain('Systolic: 120 mmHg');
    expect(section('8648-8').text.div).toContain('2026-03-02 07:15 UTC to 2026-03-09 10:00 UTC');
    expect(section('8648-8').text.div).toContain('Chest pain');
  });

  it('names patient, practitioner and institution, with their markup as text', () => {
    const { composition } = assembled();
    expect(composition.text.div).toContain('Ada B. O&#39;Neil &amp; &lt;Sons&gt;');
    expect(composition.text.div).toContain('<td>Dr Eva Stern</td>');
    expect(composition.text.div).toContain('<td>General Hospital</td>');
  });

  it('is found through a DocumentReference of the encounter', () => {
    const { document } = assembled();
    expect(JSON.parse(document.documentReference.text)).toMatchObject({
      resourceType: 'DocumentReference',
      status: 'current',
      docStatus: 'final',
      content: [
        { attachment: { contentType: 'application/fhir+json', url: `Bundle/${document.bundle.id}` } },
      ],
      context: { encounter: [{ reference: 'Encounter/e1' }] },
    });
  });

  it('does without a patient and without anyone who treated', () => {
    const bare = fact(JSON.stringify({ resourceType: 'Encounter', id: 'e9', status: 'finished' }));
    const { composition } = assembled({ encounter: bare, patient: undefined, others: [] });
    expect(composition).not.toHaveProperty('subject');
    expect(composition['author']).toEqual([{ type: 'Device', display: 'Septum' }]);
    expect(composition.text.div).toContain('<td>not recorded</td>');
  });
});
