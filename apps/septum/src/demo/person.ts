import { day, dayMs, hl7Concept, reference, yearMs, type DemoResource } from './building-blocks.ts';
import type { Hospital } from './hospital.ts';
import type { Random } from './random.ts';
import { cities, familyNames, givenNames, streets } from './words.ts';

/** A demonstration patient, and what the history is told against. */
export interface Person {
  readonly patient: DemoResource;
  readonly name: string;
  readonly gender: 'female' | 'male';
  /** Milliseconds since the epoch. */
  readonly born: number;
  /** The history ends here. */
  readonly until: number;
  readonly coverage: DemoResource;
}

export function ageAt(person: Pick<Person, 'born'>, time: number): number {
  return Math.floor((time - person.born) / yearMs);
}

/** @param number Counts the patients of a house, from 1: it becomes the medical record number. */
export function demoPerson(random: Random, hospital: Hospital, number: number, until: number): Person {
  const gender = random.pick(['female', 'male'] as const);
  const born = until - random.between(40, 95 * 365) * dayMs;
  const first = random.pick(givenNames[gender]);
  const given = [first, random.pick(givenNames[gender].filter((name) => name !== first))];
  const family = random.pick(familyNames);
  const [city, state, postalCode] = random.pick(cities);
  const doctor = random.pick(hospital.practitioners);
  const isAdult = until - born > 18 * yearMs;
  const patient = {
    resourceType: 'Patient',
    id: random.uuid(),
    identifier: [
      {
        use: 'usual',
        type: hl7Concept('v2-0203', 'MR', 'Medical record number'),
        system: 'https://septum.example/medical-record-number',
        value: `MRN${String(number).padStart(6, '0')}`,
      },
    ],
    active: true,
    name: [{ use: 'official', family, given }],
    telecom: [
      {
        system: 'phone',
        use: 'home',
        value: `555-${random.between(100, 999)}-${random.between(1000, 9999)}`,
      },
    ],
    gender,
    birthDate: day(born),
    address: [
      {
        use: 'home',
        line: [`${random.between(1, 240)} ${random.pick(streets)}`],
        city,
        state,
        postalCode,
        country: 'US',
      },
    ],
    ...(isAdult ? { maritalStatus: hl7Concept('v3-MaritalStatus', random.pick(['M', 'S', 'D', 'W'])) } : {}),
    communication: [
      {
        language: {
          coding: [{ system: 'urn:ietf:bcp:47', code: random.pick(['en', 'en', 'en', 'es', 'pt']) }],
        },
      },
    ],
    generalPractitioner: [reference(doctor.practitioner, doctor.name)],
    managingOrganization: reference(hospital.organization, String(hospital.organization['name'])),
  };
  const person = { patient, name: `${given[0]} ${family}`, gender, born, until };
  return { ...person, coverage: coverageOf(random, hospital, person) };
}

function coverageOf(
  random: Random,
  hospital: Hospital,
  { patient, name, until }: Omit<Person, 'coverage'>,
): DemoResource {
  const payer = random.pick(hospital.payers);
  return {
    resourceType: 'Coverage',
    id: random.uuid(),
    status: 'active',
    type: hl7Concept('v3-ActCode', 'EHCPOL', 'extended healthcare'),
    subscriberId: `S${random.between(10_000_000, 99_999_999)}`,
    beneficiary: reference(patient, name),
    relationship: hl7Concept('subscriber-relationship', 'self', 'Self'),
    period: { start: day(until - random.between(100, 1500) * dayMs) },
    payor: [reference(payer, String(payer['name']))],
  };
}
