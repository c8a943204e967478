/** NK1. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-segment-nk1-to-relatedperson.html */
import type { SegmentContent } from '#platform/hl7v2';
import { address, concept, contact, identifier, moment, name } from '../datatypes.ts';
import type { Element } from '../element.ts';
import { organization, type Source } from '../parties.ts';
import { every, present, segment } from '../segment.ts';

/** The related persons in the Bundle, and those contacts of the patient that are not among them. */
export function nextOfKin(patient: Element, source: Source): SegmentContent[] {
  const related = source.bundle
    .all('RelatedPerson')
    .filter((one) => source.bundle.follow(one.unnoticed.one('patient')) === patient);
  const contacts = patient.all('contact').map((contact) => ({ contact, name: spoken(contact) }));
  const names = new Set(related.map(spoken));
  const people = [
    ...related.map((one) => ({
      ...relatedPerson(one, source),
      // What is said of a related person is said of the contact too; only the contact has an organization.
      ...contacts
        .filter(({ name }) => name === spoken(one))
        .map(({ contact }) => organizationOf(contact, source))[0],
    })),
    ...contacts.filter(({ name }) => !names.has(name)).map(({ contact }) => patientContact(contact, source)),
  ];
  return people.map((fields, at) => segment('NK1', { 1: String(at + 1), ...fields }));
}

/** What a person is called, by which a contact is found among the related persons. */
function spoken(person: Element): string {
  const { unnoticed } = person;
  const said = unnoticed.one('name') ?? unnoticed.all('name')[0];
  return [said?.texts('given').join(' '), said?.text('family') ?? said?.text('text')].join(' ');
}

type Fields = Parameters<typeof segment>[1];

function relatedPerson(person: Element, source: Source): Fields {
  const { vocabulary } = source;
  person.text('active');
  person.one('patient')?.takeAll();
  const language = person.all('communication')[0]?.one('language');
  return {
    ...common(person, person.all('name'), person.all('address'), source),
    16: moment(person.text('birthDate')),
    20: concept(language, vocabulary),
    33: every(person.all('identifier').map((one) => identifier(one, vocabulary))),
  };
}

function patientContact(person: Element, source: Source): Fields {
  const [names, addresses] = [person.one('name'), person.one('address')];
  return {
    ...common(person, names ? [names] : [], addresses ? [addresses] : [], source),
    ...organizationOf(person, source),
  };
}

function organizationOf(contact: Element, source: Source): Fields {
  return { 13: organization(contact.one('organization'), source) };
}

function common(
  person: Element,
  names: readonly Element[],
  addresses: readonly Element[],
  { vocabulary }: Source,
): Fields {
  const telecoms = person.all('telecom');
  const isAtWork = (telecom: Element): boolean => telecom.peek('use') === 'work';
  const [kinship, role] = relations(person);
  const period = person.one('period');
  return {
    2: every(names.map((one) => name(one, vocabulary))),
    3: concept(kinship, vocabulary, 'Relationship'),
    4: every(addresses.map((one) => address(one, vocabulary))),
    5: every(present(telecoms.filter((one) => !isAtWork(one)).map((one) => contact(one, vocabulary)))),
    6: every(present(telecoms.filter(isAtWork).map((one) => contact(one, vocabulary)))),
    7: concept(role, vocabulary, 'ContactRole'),
    8: moment(period?.text('start')),
    9: moment(period?.text('end')),
    15: vocabulary.plainCodeOf('AdministrativeSex', person.text('gender')),
  };
}

/** NK1-3 says how they are related, NK1-7 (table 0131) what they are called for. */
function relations(person: Element): readonly [Element | undefined, Element | undefined] {
  const all = person.all('relationship');
  const isRole = (concept: Element): boolean =>
    concept.all('coding').some((coding) => coding.peek('system')?.endsWith('/v2-0131'));
  return [all.find((one) => !isRole(one)), all.find(isRole)];
}
