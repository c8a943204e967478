const families = [
  'Abbott',
  'Baptiste',
  'Castro',
  'Delgado',
  'Eriksen',
  'Fontaine',
  'Grant',
  'Hussein',
  'Ivanov',
  'Jansen',
];
const given = ['Ada', 'Bela', 'Chidi', 'Dora', 'Emil', 'Farah', 'Gus', 'Hana', 'Ines', 'Jonas'];
const pick = (list: readonly string[], index: number) => list[index % list.length] as string;
const two = (value: number) => String(value).padStart(2, '0');

/** About 2 KB of Patient, a different one for each index. */
export function patient(index: number): object {
  return {
    resourceType: 'Patient',
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml">${'A synthetic patient made to measure. '.repeat(16)}</div>`,
    },
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: 'urn:oid:2.999.1',
        value: `MRN-${index}`,
      },
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'SS' }] },
        system: 'urn:oid:2.999.2',
        value: `${index}-SS`,
      },
    ],
    active: true,
    name: [
      {
        use: 'official',
        family: `${pick(families, index)}${index % 997}`,
        given: [pick(given, index), pick(given, index * 3 + 1)],
      },
    ],
    telecom: [
      { system: 'phone', value: `555-${String(index % 10_000).padStart(4, '0')}`, use: 'home' },
      { system: 'email', value: `patient${index}@example.org` },
    ],
    gender: index % 2 === 0 ? 'female' : 'male',
    birthDate: `19${two(index % 100)}-${two(1 + (index % 12))}-${two(1 + (index % 28))}`,
    address: [
      {
        use: 'home',
        line: [`${1 + (index % 900)} Harbour Street`],
        city: 'Rockport',
        state: 'MA',
        postalCode: '01966',
        country: 'US',
      },
    ],
    maritalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' }],
    },
    communication: [
      { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en-US' }] }, preferred: true },
    ],
  };
}

/** A vital sign of a patient. */
export function observation(subject: string, index: number): object {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: {
      coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }],
      text: 'Heart rate',
    },
    subject: { reference: subject },
    effectiveDateTime: `2026-${two(1 + (index % 12))}-${two(1 + (index % 28))}T${two(index % 24)}:${two(index % 60)}:00Z`,
    issued: `2026-${two(1 + (index % 12))}-${two(1 + (index % 28))}T${two(index % 24)}:${two(index % 60)}:30.000Z`,
    valueQuantity: {
      value: 60 + (index % 40),
      unit: 'beats/minute',
      system: 'http://unitsofmeasure.org',
      code: '/min',
    },
  };
}
