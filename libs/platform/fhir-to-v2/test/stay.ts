/** A stay with something of everything, for the specs. Invented. */
export interface Resource {
  readonly resourceType: string;
  readonly [name: string]: unknown;
}

/** The entries are found by absolute addresses, though they refer to one another by `Type/id`. */
export function bundleOf(resources: readonly Resource[], type = 'collection'): string {
  const entry = resources.map((resource) => ({
    fullUrl: `https://general.example/fhir/${resource.resourceType}/${String(resource['id'])}`,
    resource,
  }));
  return JSON.stringify({
    resourceType: 'Bundle',
    type,
    identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:0b3c9f4e-6d2a-4a37-9a8e-1f7a5a3c2b10' },
    entry,
  });
}

const v2 = (table: string): string => `http://terminology.hl7.org/CodeSystem/v2-${table}`;
const v3 = (name: string): string => `http://terminology.hl7.org/CodeSystem/v3-${name}`;
const coded = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] });
const patient = { reference: 'Patient/mercer' };
const types = 'http://terminology.hl7.org/CodeSystem/location-physical-type';
const physically = (code: string) => ({ coding: [{ system: types, code }] });

export const stay: readonly Resource[] = [
  {
    resourceType: 'Patient',
    id: 'mercer',
    identifier: [
      {
        system: 'urn:oid:2.16.840.1.113883.19.5',
        value: 'MRN-1',
        type: { coding: [{ system: v2('0203'), code: 'MR', display: 'Medical record number' }] },
      },
      {
        system: 'http://hl7.org/fhir/sid/us-ssn',
        value: '999-12-3456',
        type: { coding: [{ system: v2('0203'), code: 'SS', display: 'Social Security number' }] },
      },
    ],
    name: [
      { use: 'official', family: 'Mercer', given: ['Ada', 'May'], prefix: ['Dr.'], suffix: ['III'] },
      { use: 'maiden', family: 'O’Neil & Sons', given: ['Ada'] },
    ],
    gender: 'female',
    birthDate: '1950-02-28',
    telecom: [
      { system: 'phone', value: '+1 555 0100', use: 'home' },
      { system: 'phone', value: '+1 555 0101', use: 'mobile' },
      { system: 'email', value: 'ada@mercer.example' },
      { system: 'phone', value: '+1 555 0102', use: 'work' },
    ],
    address: [
      {
        use: 'home',
        line: ['1 High Street', 'Flat | 2'],
        city: 'Springfield',
        state: 'IL',
        postalCode: '62701',
        country: 'US',
        district: 'Sangamon',
      },
    ],
    maritalStatus: coded(v3('MaritalStatus'), 'W', 'Widowed'),
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } }],
    deceasedBoolean: false,
    multipleBirthInteger: 2,
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/patient-religion',
        valueCodeableConcept: coded(v3('ReligiousAffiliation'), '1077', 'Protestant'),
      },
    ],
    generalPractitioner: [{ reference: 'Practitioner/gp' }, { reference: 'Organization/practice' }],
    contact: [
      {
        relationship: [coded(v2('0131'), 'E', 'Employer')],
        name: { family: 'Works', given: ['Sprocket'] },
        telecom: [{ system: 'phone', value: '+1 555 0103', use: 'work' }],
      },
    ],
    photo: [{ contentType: 'image/png' }],
    link: [{ other: { reference: 'Patient/old' }, type: 'replaces' }],
  },
  {
    resourceType: 'Patient',
    id: 'old',
    active: false,
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN-OLD' }],
    name: [{ family: 'Mercer' }],
  },
  {
    resourceType: 'Encounter',
    id: 'stay',
    identifier: [
      {
        system: 'urn:oid:2.16.840.1.113883.19.6',
        value: 'V-77',
        type: { coding: [{ system: v2('0203'), code: 'VN', display: 'Visit number' }] },
      },
    ],
    status: 'in-progress',
    class: { system: v3('ActCode'), code: 'IMP', display: 'inpatient encounter' },
    type: [coded(v2('0007'), 'E', 'Emergency')],
    subject: patient,
    participant: [
      {
        type: [coded(v3('ParticipationType'), 'ATND', 'attender')],
        individual: { reference: 'Practitioner/attending' },
      },
      { type: [coded(v3('ParticipationType'), 'ADM', 'admitter')], individual: { display: 'Dr. Not Here' } },
    ],
    period: { start: '2026-11-18T08:15:00-05:00' },
    reasonCode: [coded('http://snomed.info/sct', '74400008', 'Appendicitis')],
    diagnosis: [
      {
        condition: { reference: 'Condition/appendicitis' },
        use: coded('http://terminology.hl7.org/CodeSystem/diagnosis-role', 'AD', 'Admission Diagnosis'),
        rank: 1,
      },
    ],
    hospitalization: {
      admitSource: coded('http://terminology.hl7.org/CodeSystem/admit-source', 'emd', 'From A&E'),
      dischargeDisposition: coded(
        'http://terminology.hl7.org/CodeSystem/discharge-disposition',
        'home',
        'Home',
      ),
    },
    location: [
      { location: { reference: 'Location/ward' }, status: 'completed' },
      { location: { reference: 'Location/bed' }, status: 'active' },
    ],
    serviceProvider: { reference: 'Organization/general' },
  },
  {
    resourceType: 'Practitioner',
    id: 'attending',
    identifier: [
      { system: 'urn:oid:1.2.3', value: 'local-9' },
      { system: 'http://hl7.org/fhir/sid/us-npi', value: '9999999995' },
    ],
    name: [{ family: 'Grey', given: ['Mer'], prefix: ['Dr.'] }],
  },
  { resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Practice', given: ['Gil'] }] },
  { resourceType: 'Organization', id: 'practice', name: 'Springfield Practice' },
  {
    resourceType: 'Organization',
    id: 'general',
    name: 'General Hospital',
    identifier: [{ system: 'urn:oid:1.2.3.4', value: 'GEN' }],
  },
  { resourceType: 'Location', id: 'ward', name: 'WARD7', physicalType: physically('wa') },
  {
    resourceType: 'Location',
    id: 'bed',
    name: 'ICU bed 2',
    identifier: [{ value: '2' }],
    status: 'active',
    physicalType: physically('bd'),
    partOf: { reference: 'Location/room' },
  },
  {
    resourceType: 'Location',
    id: 'room',
    name: '4',
    physicalType: physically('ro'),
    partOf: { reference: 'Location/icu' },
  },
  {
    resourceType: 'Location',
    id: 'icu',
    name: 'ICU',
    physicalType: physically('wa'),
    partOf: { reference: 'Location/site' },
  },
  { resourceType: 'Location', id: 'site', name: 'GENERAL', physicalType: physically('si') },
  {
    resourceType: 'RelatedPerson',
    id: 'son',
    patient,
    relationship: [coded(v3('RoleCode'), 'NCHILD', 'natural child')],
    name: [{ family: 'Mercer', given: ['Sam'] }],
    telecom: [{ system: 'phone', value: '+1 555 0104', use: 'home' }],
    gender: 'male',
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'penicillin',
    clinicalStatus: coded(
      'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
      'active',
      'Active',
    ),
    type: 'allergy',
    category: ['medication'],
    criticality: 'high',
    code: coded('http://www.nlm.nih.gov/research/umls/rxnorm', '7980', 'Penicillin'),
    patient,
    onsetDateTime: '1999-05-01',
    reaction: [{ manifestation: [{ text: 'Hives' }] }],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'refuted',
    verificationStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code: 'refuted' },
      ],
    },
    code: coded('http://snomed.info/sct', '91935009', 'Peanut allergy'),
    patient,
  },
  {
    resourceType: 'Condition',
    id: 'appendicitis',
    identifier: [{ system: 'urn:oid:1.2.3.5', value: 'D-1' }],
    code: {
      coding: [
        {
          system: 'http://hl7.org/fhir/sid/icd-10-cm',
          code: 'K35.80',
          display: 'Unspecified acute appendicitis',
        },
        { system: 'http://snomed.info/sct', code: '74400008', display: 'Appendicitis' },
      ],
      text: 'Acute appendicitis',
    },
    subject: patient,
    encounter: { reference: 'Encounter/stay' },
    onsetDateTime: '2026-11-17',
  },
  {
    resourceType: 'Coverage',
    id: 'insurance',
    identifier: [{ system: 'http://payer.example/plans', value: 'PLAN-9' }],
    status: 'active',
    beneficiary: patient,
    subscriberId: 'SUB-1',
    payor: [{ reference: 'Organization/payer' }],
    class: [
      { type: coded('http://terminology.hl7.org/CodeSystem/coverage-class', 'group', 'Group'), value: 'G-5' },
    ],
    period: { start: '2026-01-01', end: '2026-12-31' },
  },
  {
    resourceType: 'Organization',
    id: 'payer',
    name: 'Blue Example',
    identifier: [{ system: 'urn:oid:1.2.3.6', value: 'BE' }],
  },
  { resourceType: 'Procedure', id: 'surgery', subject: patient, code: { text: 'Appendectomy' } },
];
