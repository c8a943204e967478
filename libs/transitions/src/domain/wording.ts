import { type Fields, all, fields, words } from '#platform/fhir';
import { hasCode } from './fact.ts';

/** How FHIR's data types are said to a person. An element that is not there is not said. */

export function concept(value: unknown): string | undefined {
  const [coding] = all(fields(value)['coding']);
  return words(fields(value)['text']) ?? words(coding?.['display']) ?? words(coding?.['code']);
}

export function coding(value: unknown): string | undefined {
  return words(fields(value)['display']) ?? words(fields(value)['code']);
}

/** https://hl7.org/fhir/R4/datatypes.html#HumanName: the official name, else the first. */
export function humanName(names: unknown): string | undefined {
  const name = all(names).find(({ use }) => use === 'official') ?? all(names)[0];
  if (name === undefined) return undefined;
  const parts = [name['prefix'], name['given'], name['family'], name['suffix']].flat().map(words);
  return words(name['text']) ?? words(parts.filter(Boolean).join(' '));
}

/** A date as written; a moment in UTC to the minute. */
export function date(value: unknown): string | undefined {
  const written = words(value);
  if (written === undefined || !written.includes('T')) return written;
  const moment = new Date(written);
  return Number.isNaN(moment.getTime())
    ? written
    : `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function period(value: unknown): string | undefined {
  const { start, end } = fields(value);
  const [from, to] = [date(start), date(end)];
  if (from === undefined && to === undefined) return undefined;
  if (to === undefined) return `since ${from}`;
  if (from === to) return from;
  return from === undefined ? `until ${to}` : `${from} to ${to}`;
}

/** `MRN 4711 (GH)`: of which kind a number is, and whose, as far as it says. */
export function identifier({ type, value, system, assigner }: Fields): string | undefined {
  const number = words(value);
  if (number === undefined) return undefined;
  const issuer = words(fields(assigner)['display']) ?? systemName(words(system));
  const kind = hasCode(type, 'MR') ? 'MRN' : concept(type);
  const said = [kind, number, issuer === undefined || issuer === kind ? undefined : `(${issuer})`];
  return said.filter(Boolean).join(' ');
}

/** What HL7 v2 calls an assigning authority, and whose numbers everybody knows, have short names. */
function systemName(system: string | undefined): string | undefined {
  if (system === undefined) return undefined;
  const authority = 'urn:septum:authority:';
  if (system.startsWith(authority)) return system.slice(authority.length).replaceAll('%20', ' ');
  return wellKnown[system] ?? system;
}

/** https://hl7.org/fhir/R4/identifier-registry.html */
const wellKnown: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/us-npi': 'NPI',
  'http://hl7.org/fhir/sid/us-ssn': 'SSN',
};

export function quantity(value: unknown): string | undefined {
  const { comparator, value: number, unit, code } = fields(value);
  if (number === undefined) return undefined;
  const amount = `${words(comparator) ?? ''}${String(number)}`;
  return [amount, words(unit) ?? words(code)].filter(Boolean).join(' ');
}

/** The value of an Observation or of one of its components, whichever type it has. */
export function observed(observation: Fields): string | undefined {
  const own =
    quantity(observation['valueQuantity']) ??
    concept(observation['valueCodeableConcept']) ??
    words(observation['valueString']) ??
    flag(observation['valueBoolean']) ??
    words(observation['valueInteger']) ??
    range(observation['valueRange']) ??
    date(observation['valueDateTime']) ??
    period(observation['valuePeriod']) ??
    concept(observation['dataAbsentReason']);
  const parts = all(observation['component']).map(
    (part) => `${concept(part['code'])}: ${observed(part) ?? 'no value'}`,
  );
  return words([own, ...parts].filter(Boolean).join('; '));
}

function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined;
}

function range(value: unknown): string | undefined {
  const low = quantity(fields(value)['low']);
  const high = quantity(fields(value)['high']);
  return low || high ? `${low ?? ''} to ${high ?? ''}`.trim() : undefined;
}

/** https://hl7.org/fhir/R4/dosage.html */
export function dosage(instructions: unknown): string | undefined {
  return words(all(instructions).map(oneDosage).filter(Boolean).join('; '));
}

function oneDosage(instruction: Fields): string | undefined {
  const dose = all(instruction['doseAndRate']).map((rate) => quantity(rate['doseQuantity']));
  const structured = [...dose, concept(instruction['route']), repetition(instruction['timing'])]
    .filter(Boolean)
    .join(', ');
  const told = [words(instruction['text']) ?? words(structured), words(instruction['patientInstruction'])];
  return words(told.filter(Boolean).join('. '));
}

function repetition(timing: unknown): string | undefined {
  const { frequency, period: length, periodUnit } = fields(fields(timing)['repeat']);
  if (frequency === undefined || length === undefined) return concept(fields(timing)['code']);
  return `${String(frequency)} times every ${String(length)} ${String(periodUnit ?? '')}`.trim();
}
