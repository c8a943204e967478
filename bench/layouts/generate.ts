/** Deterministic resources shaped like Synthea's: types, sizes, selectivity and number of search keys follow its R4 bundles. */
import { createHmac } from 'node:crypto';

export interface Sample {
  readonly type: string;
  readonly id: string;
  readonly content: string;
  readonly patient: string;
  /** Keyed 64-bit hashes of what equality searches look for, as decimal strings. */
  readonly keys: readonly string[];
  /** Ordered values: dates, quantities. */
  readonly ranges: readonly { readonly key: string; readonly low: number; readonly high: number }[];
  /** Names and the like, normalised. */
  readonly words: readonly { readonly key: string; readonly value: string }[];
}

export function hash(text: string): string {
  return createHmac('sha1', 'layout benchmark').update(text).digest().readBigInt64LE(0).toString();
}

/** mulberry32: small, seeded, good enough to spread values. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function uuidFrom(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const filler = Array.from(
  { length: 400 },
  (_, index) => `"f${index}":"${hash(String(index)).slice(0, 12)}"`,
).join(',');

function tokenKeys(parameter: string, system: string, code: string): string[] {
  return [`${parameter}|${system}|${code}`, `${parameter}|${code}`, `${parameter}|${system}|`].map(hash);
}

/** A patient with a birth date and names, the first of `1 + perPatient` resources. */
export function patientSample(random: () => number): Sample {
  const id = uuidFrom(random);
  const birth = Date.UTC(
    1930 + Math.floor(random() * 90),
    Math.floor(random() * 12),
    1 + Math.floor(random() * 28),
  );
  const family = `family${Math.floor(random() * 500)}`;
  const identifiers = [0, 1, 2, 3].flatMap((n) =>
    tokenKeys('Patient.identifier', `urn:system:${n}`, `${id}${n}`),
  );
  return {
    type: 'Patient',
    id,
    patient: id,
    content: `{"resourceType":"Patient","name":[{"family":"${family}"}],${filler.slice(0, 2000)}"}`,
    keys: [
      ...identifiers,
      hash('Patient.gender|male'),
      hash('Patient.language|en'),
      hash(`Patient.org|${Math.floor(random() * 20)}`),
    ],
    ranges: [{ key: hash('Patient.birthdate'), low: birth, high: birth + 86_400_000 }],
    words: ['family', 'given', 'name', 'address-city', 'address-state', 'address', 'phonetic'].map(
      (parameter) => ({
        key: hash(`Patient.${parameter}`),
        value: parameter === 'family' ? family : `${parameter}${Math.floor(random() * 300)}`,
      }),
    ),
  };
}

const kinds = [
  'Observation',
  'Observation',
  'Observation',
  'Observation',
  'Claim',
  'ExplanationOfBenefit',
  'Encounter',
  'Procedure',
  'Condition',
  'MedicationRequest',
  'DiagnosticReport',
  'Immunization',
];

/** One clinical resource of that patient: 14 to 17 keys, a date, for an observation a quantity. */
export function clinicalSample(random: () => number, patient: string): Sample {
  const type = kinds[Math.floor(random() * kinds.length)] ?? 'Observation';
  // Codes are skewed as they are in life: the commonest is on 15 % of the observations, the rarest on a few.
  const code = `code${Math.floor(120 * random() ** 3)}`;
  const when = Date.UTC(2012, 0, 1) + Math.floor(random() * 4e11);
  const encounter = uuidFrom(random);
  const observation = type === 'Observation';
  const keys = [
    hash(`${type}.patient|${patient}`),
    hash(`${type}.subject|${patient}`),
    hash(`${type}.encounter|${encounter}`),
    hash(`${type}.status|final`),
    hash(`${type}.status||final`),
    ...tokenKeys(`${type}.code`, 'http://loinc.org', code),
    ...tokenKeys(`${type}.category`, 'http://terminology.hl7.org/category', `c${Math.floor(random() * 5)}`),
    ...(observation ? tokenKeys(`${type}.combo-code`, 'http://loinc.org', code) : []),
  ];
  const value = random() * 200;
  return {
    type,
    id: uuidFrom(random),
    patient,
    content: `{"resourceType":"${type}","code":"${code}",${filler.slice(0, 700 + Math.floor(random() * 1150))}"}`,
    keys,
    ranges: [
      { key: hash(`${type}.date`), low: when, high: when + 1 },
      ...(observation
        ? ['value-quantity', 'combo-value-quantity'].map((parameter) => ({
            key: hash(`${type}.${parameter}`),
            low: value,
            high: value,
          }))
        : []),
    ],
    words: [],
  };
}

/** `patients` × 131 resources in batches of a patient each. */
export function* generate(patients: number, seed = 1): Generator<readonly Sample[]> {
  const random = randomFrom(seed);
  for (let index = 0; index < patients; index += 1) {
    const patient = patientSample(random);
    yield [patient, ...Array.from({ length: 130 }, () => clinicalSample(random, patient.id))];
  }
}
