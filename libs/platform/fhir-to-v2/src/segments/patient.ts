/** PID and PD1. https://www.hl7.eu/HL7v2x/v251/std251/ch03.html */
import type { FieldContent, SegmentContent } from '#platform/hl7v2';
import {
  address,
  concept,
  contact,
  identifier,
  moment,
  name,
  type Authority,
  type Components,
} from '../datatypes.ts';
import type { Element } from '../element.ts';
import { organization, person, type Source } from '../parties.ts';
import { every, present, segment } from '../segment.ts';

const core = 'http://hl7.org/fhir/StructureDefinition/';
const us = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-';

/** PID-3: the patient's identifiers; one who has none is known by the id here, in the sender's name. */
export function patientIdentifiers(patient: Element, source: Source, sender: Authority): Components[] {
  patient.text('active');
  const all = patient.all('identifier').map((one) => identifier(one, source.vocabulary));
  const valued = all.filter(([value]) => value !== undefined);
  const id = patient.peek('id');
  return valued.length > 0 || id === undefined ? valued : [[id, '', '', sender, 'PI']];
}

export function patientSegments(patient: Element, source: Source, sender: Authority): SegmentContent[] {
  const { vocabulary } = source;
  const telecoms = patient.all('telecom');
  const isAtWork = (telecom: Element): boolean => telecom.peek('use') === 'work';
  const coded = (url: string, map?: string): FieldContent =>
    concept(patient.extension(url)?.one('valueCodeableConcept'), vocabulary, map);
  const pid = segment('PID', {
    1: '1',
    3: every(patientIdentifiers(patient, source, sender)),
    5: every(patient.all('name').map((one) => name(one, vocabulary))),
    6: [patient.extension(`${core}patient-mothersMaidenName`)?.text('valueString')],
    7: birth(patient),
    8: vocabulary.plainCodeOf('AdministrativeSex', patient.text('gender')),
    10: category(patient, 'race', source),
    11: every(patient.all('address').map((one) => address(one, vocabulary))),
    13: every(present(telecoms.filter((one) => !isAtWork(one)).map((one) => contact(one, vocabulary)))),
    14: every(present(telecoms.filter(isAtWork).map((one) => contact(one, vocabulary)))),
    15: concept(language(patient), vocabulary),
    16: concept(patient.one('maritalStatus'), vocabulary, 'MaritalStatus'),
    17: coded(`${core}patient-religion`, 'Religion'),
    22: category(patient, 'ethnicity', source, 'Ethnicity'),
    23: birthPlace(patient),
    24: yesOrNo(patient.text('multipleBirthBoolean')),
    25: patient.text('multipleBirthInteger'),
    26: nation(patient, 'citizenship', source),
    28: nation(patient, 'nationality', source),
    29: moment(patient.text('deceasedDateTime')),
    30: yesOrNo(patient.text('deceasedBoolean')),
  });
  return [pid, ...generalPractitioners(patient, source)];
}

function generalPractitioners(patient: Element, source: Source): SegmentContent[] {
  const all = patient.all('generalPractitioner');
  const organizations = present(all.map((one) => organizationNamed(one, source)));
  const people = present(all.map((one) => (isOrganization(one, source) ? undefined : person(one, source))));
  if (organizations.length + people.length === 0) return [];
  return [segment('PD1', { 3: every(organizations), 4: every(people) })];
}

function organizationNamed(reference: Element, source: Source): Components | undefined {
  return isOrganization(reference, source) ? organization(reference, source) : undefined;
}

function isOrganization(reference: Element, { bundle }: Source): boolean {
  const type = bundle.follow(reference)?.type ?? reference.peek('type');
  return type === 'Organization' || /(^|\/)Organization\//.test(reference.peek('reference') ?? '');
}

function birth(patient: Element): string | undefined {
  const exact = patient.one('_birthDate')?.extension(`${core}patient-birthTime`)?.text('valueDateTime');
  return moment(exact ?? patient.text('birthDate')) ?? moment(patient.text('birthDate'));
}

function birthPlace(patient: Element): string | undefined {
  const place = patient.extension(`${core}patient-birthPlace`)?.one('valueAddress');
  const parts = present(['city', 'state', 'country'].map((name) => place?.text(name)));
  return place?.text('text') ?? (parts.length === 0 ? undefined : parts.join(', '));
}

/** The language the patient prefers; PID-15 has room for one. */
function language(patient: Element): Element | undefined {
  const all = patient.all('communication');
  const chosen = all.find((one) => one.text('preferred') === 'true') ?? all[0];
  return chosen?.one('language');
}

/** PID-10 and PID-22 from the extensions of US Core. */
function category(patient: Element, name: string, { vocabulary }: Source, map?: string): FieldContent {
  const extension = patient.extension(`${us}${name}`);
  const text = extension?.extension('text')?.text('valueString');
  const coding = extension?.extension('ombCategory')?.one('valueCoding');
  const code = coding?.text('code');
  if (coding === undefined || code === undefined) return text === undefined ? undefined : ['', text];
  const system = coding.text('system');
  const found = map === undefined ? undefined : vocabulary.codeOf(map, { system, code });
  const display = coding.text('display') ?? text;
  return found ? [found.code, display, found.table] : [code, display, vocabulary.codeSystem(system)];
}

function nation(patient: Element, name: string, { vocabulary }: Source): FieldContent {
  const code = patient.extension(`${core}patient-${name}`)?.extension('code');
  return concept(code?.one('valueCodeableConcept'), vocabulary);
}

function yesOrNo(value: string | undefined): string | undefined {
  return value === undefined ? undefined : value === 'true' ? 'Y' : 'N';
}
