import { concept, hl7, hl7Concept, reference, snomed, type DemoResource } from './building-blocks.ts';
import type { Random } from './random.ts';
import { familyNames, givenNames } from './words.ts';

/** Where the demonstration patients are treated, and by whom. */
export interface Hospital {
  readonly organization: DemoResource;
  readonly payers: readonly DemoResource[];
  readonly clinic: DemoResource;
  readonly emergency: DemoResource;
  readonly wards: readonly DemoResource[];
  readonly practitioners: readonly Staff[];
  /** Everything above and what belongs to it, in an order in which nothing refers ahead. */
  readonly all: readonly DemoResource[];
}

export interface Staff {
  readonly practitioner: DemoResource;
  readonly name: string;
}

const specialties = [
  ['394802001', 'General medicine'],
  ['394579002', 'Cardiology'],
  ['394609007', 'General surgery'],
  ['394801008', 'Trauma and orthopaedics'],
] as const;

const wardNames = [
  'Ward 1 (medicine)',
  'Ward 2 (cardiology)',
  'Ward 3 (surgery)',
  'Intensive care unit',
] as const;
const payerNames = ['Bay Mutual Health Plan', 'Commonwealth Care Insurance', 'Harbor Family Health'] as const;

export function demoHospital(random: Random): Hospital {
  const organization = organizationOf(random, 'Septum General Hospital', 'prov', 'Healthcare Provider');
  const payers = payerNames.map((name) => organizationOf(random, name, 'ins', 'Insurance Company'));
  const building = locationOf(random, organization, 'Septum General Hospital', ['bu', 'Building']);
  const within = (name: string) => locationOf(random, organization, name, ['wa', 'Ward'], building);
  const [clinic, emergency] = [within('Outpatient clinic'), within('Emergency department')];
  const wards = wardNames.map(within);
  const practitioners = Array.from({ length: 12 }, () => practitionerOf(random));
  const roles = practitioners.map((staff, index) => roleOf(random, staff, organization, index));
  const people = practitioners.map(({ practitioner }) => practitioner);
  const all = [organization, ...payers, building, clinic, emergency, ...wards, ...people, ...roles];
  return { organization, payers, clinic, emergency, wards, practitioners, all };
}

function organizationOf(random: Random, name: string, code: string, kind: string): DemoResource {
  return {
    resourceType: 'Organization',
    id: random.uuid(),
    active: true,
    type: [hl7Concept('organization-type', code, kind)],
    name,
  };
}

function locationOf(
  random: Random,
  organization: DemoResource,
  name: string,
  [code, kind]: readonly [string, string],
  partOf?: DemoResource,
): DemoResource {
  return {
    resourceType: 'Location',
    id: random.uuid(),
    status: 'active',
    name,
    mode: 'instance',
    physicalType: hl7Concept('location-physical-type', code, kind),
    managingOrganization: reference(organization, String(organization['name'])),
    ...(partOf === undefined ? {} : { partOf: reference(partOf) }),
  };
}

function practitionerOf(random: Random): Staff {
  const gender = random.pick(['female', 'male'] as const);
  const [given, family] = [random.pick(givenNames[gender]), random.pick(familyNames)];
  const practitioner = {
    resourceType: 'Practitioner',
    id: random.uuid(),
    identifier: [
      {
        system: 'http://hl7.org/fhir/sid/us-npi',
        value: String(9_000_000_000 + random.between(0, 999_999_999)),
      },
    ],
    active: true,
    name: [{ use: 'official', family, given: [given], prefix: ['Dr.'] }],
    gender,
  };
  return { practitioner, name: `Dr. ${given} ${family}` };
}

function roleOf(
  random: Random,
  { practitioner, name }: Staff,
  organization: DemoResource,
  index: number,
): DemoResource {
  const [code, text] = specialties[index % specialties.length]!;
  return {
    resourceType: 'PractitionerRole',
    id: random.uuid(),
    active: true,
    practitioner: reference(practitioner, name),
    organization: reference(organization, String(organization['name'])),
    code: [{ coding: [{ system: `${hl7}practitioner-role`, code: 'doctor', display: 'Doctor' }] }],
    specialty: [concept(snomed, code, text)],
  };
}
