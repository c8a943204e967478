import { all, fields, words } from '#platform/fhir';
import { institution, nameOf, treating, type DischargeFacts } from './discharge-facts.ts';
import type { DocumentMaking } from './discharge-composition.ts';
import { hasCode } from './fact.ts';
import { pairs, type Narrative } from './narrative.ts';
import { coding, concept, date, humanName, identifier } from './wording.ts';

/** Whose document it is, of which stay, by whom: what a person looks for first. */
export function header(stay: DischargeFacts, { rules, time }: DocumentMaking): Narrative {
  const patient = stay.patient?.fields ?? {};
  const encounter = stay.encounter.fields;
  const { start, end } = fields(encounter['period']);
  const name = humanName(patient['name']) ?? words(fields(encounter['subject'])['display']);
  return pairs(rules.document.title, [
    ['Patient', name ?? 'not recorded'],
    ['Born', date(patient['birthDate'])],
    ['Gender', words(patient['gender'])],
    ['Identifiers', identifiers(patient['identifier'])],
    ['Admitted', date(start)],
    ['Discharged', date(end)],
    ['Kind of stay', coding(encounter['class'])],
    ['Treated by', eachOnce(treating(stay).map((reference) => nameOf(reference, stay)))],
    ['Institution', nameOf(institution(stay), stay)],
    ['Discharged to', concept(fields(encounter['hospitalization'])['dischargeDisposition'])],
    ['Made on', date(time)],
  ]);
}

/** The medical record number first; those that are not used any more are not told. */
function identifiers(value: unknown): string | undefined {
  const used = all(value).filter(({ use }) => use !== 'old');
  const isRecordNumber = ({ type }: (typeof used)[number]) => hasCode(type, 'MR');
  const ordered = [...used.filter(isRecordNumber), ...used.filter((each) => !isRecordNumber(each))];
  return eachOnce(ordered.map(identifier));
}

function eachOnce(names: readonly (string | undefined)[]): string | undefined {
  return words([...new Set(names)].filter(Boolean).join(', '));
}
