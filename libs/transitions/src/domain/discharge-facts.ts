import type { Reconciliation } from '#medications/contract';
import { all, fields, words } from '#platform/fhir';
import { hasCode, type Fact } from './fact.ts';
import { concept, humanName } from './wording.ts';

/** All that is known about a stay that has ended. */
export interface DischargeFacts {
  readonly encounter: Fact;
  /** Absent when the encounter names no patient of this installation. */
  readonly patient: Fact | undefined;
  /** Whatever else belongs to the stay or the patient, each once, in any order. */
  readonly others: readonly Fact[];
  /** The last reconciliation of the stay's medications, if there was one. */
  readonly reconciliation?: Reconciliation | undefined;
}

/** Who treated: the attending, else whoever took part. */
export function treating(stay: Pick<DischargeFacts, 'encounter'>): readonly unknown[] {
  const participants = all(stay.encounter.fields['participant']).filter(
    ({ individual }) => individual !== undefined,
  );
  const attending = participants.filter(({ type }) =>
    all(type).some((kind) => all(kind['coding']).some(({ code }) => code === 'ATND')),
  );
  const people = (attending.length > 0 ? attending : participants).map(({ individual }) => individual);
  return [...new Map(people.map((person) => [fields(person)['reference'] ?? person, person])).values()];
}

/** Whose stay it is: the encounter's provider, else who manages the place where the patient is. */
export function institution({ encounter, others }: Pick<DischargeFacts, 'encounter' | 'others'>): unknown {
  const { serviceProvider, location } = encounter.fields;
  if (serviceProvider !== undefined) return serviceProvider;
  const places = all(location).flatMap((each) => {
    const target = words(fields(each['location'])['reference']);
    return others.filter(({ type, id }) => `${type}/${id}` === target);
  });
  return places.map((place) => place.fields['managingOrganization']).findLast((each) => each !== undefined);
}

/** An author is required: who treated, else the institution, else the program that assembled it. */
export function authors(stay: DischargeFacts): readonly unknown[] {
  const people = treating(stay);
  if (people.length > 0) return people;
  return [institution(stay) ?? { type: 'Device', display: 'Septum' }];
}

/** What a reference is called: its own display, else by what it points to. */
export function nameOf(reference: unknown, stay: Pick<DischargeFacts, 'others'>): string | undefined {
  const { display, reference: target } = fields(reference);
  if (words(display)) return words(display);
  const fact = stay.others.find(({ type, id }) => `${type}/${id}` === target);
  if (fact === undefined) return undefined;
  // A role has no name of its own, but its practitioner has.
  if (fact.type === 'PractitionerRole') return nameOf(fact.fields['practitioner'], stay);
  return words(fact.fields['name']) ?? humanName(fact.fields['name']) ?? concept(fact.fields['code']);
}

/** What was recorded in error, or ruled out, is no part of a document or a notice: nobody has it. */
export function isValid({ fields: resource }: Fact): boolean {
  return (
    resource['status'] !== 'entered-in-error' &&
    !hasCode(resource['verificationStatus'], 'entered-in-error', 'refuted')
  );
}

/** By when it happened, then by id: the order does not depend on who answered first. */
export function byTime(a: Fact, b: Fact): number {
  return compare(time(a), time(b)) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function time({ fields: resource }: Fact): string {
  const moments = [
    resource['effectiveDateTime'],
    resource['effectiveInstant'],
    fields(resource['effectivePeriod'])['start'],
    resource['performedDateTime'],
    fields(resource['performedPeriod'])['start'],
    resource['onsetDateTime'],
    resource['authoredOn'],
    resource['start'],
    resource['recordedDate'],
    resource['issued'],
  ];
  const moment = words(moments.find((value) => words(value) !== undefined));
  const parsed = moment === undefined ? NaN : Date.parse(moment);
  return Number.isNaN(parsed) ? '' : new Date(parsed).toISOString();
}
