/** PV1 and PV2. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-segment-pv1-to-encounter.html */
import type { SegmentContent } from '#platform/hl7v2';
import { concept, identifier, moment, type Authority, type Components } from '../datatypes.ts';
import type { Element } from '../element.ts';
import type { V2Event } from '../events.ts';
import { organization, person, place, type Source } from '../parties.ts';
import { every, present, segment } from '../segment.ts';

/** What a message about a person alone has where a visit is asked for: "not applicable", table 0004. */
export const noVisit = segment('PV1', { 1: '1', 2: 'N' });

export function visitSegment(
  encounter: Element,
  source: Source,
  event: V2Event,
  sender: Authority,
): SegmentContent {
  const { vocabulary } = source;
  encounter.one('subject')?.takeAll();
  const stay = encounter.one('hospitalization');
  const period = encounter.one('period');
  const where = places(encounter, source);
  const who = participants(encounter, source);
  const [visit, ...otherNumbers] = visitNumbers(encounter, source, sender);
  const of = (name: string, map?: string) => concept(stay?.one(name), vocabulary, map);
  const first = (name: string, map?: string) => concept(stay?.all(name)[0], vocabulary, map);
  const [type] = [...encounter.all('type')].sort(admissionTypeFirst);
  takeStatus(encounter, event);
  return segment('PV1', {
    1: '1',
    2: visitClass(encounter, source),
    3: where.current,
    4: concept(type, vocabulary, 'AdmissionType'),
    5: stay && preadmission(stay, source),
    6: where.prior,
    7: every(who.attending),
    8: every(who.referring),
    9: every(who.consulting),
    10: concept(encounter.one('serviceType'), vocabulary, 'HospitalService'),
    13: of('reAdmission', 'ReadmissionIndicator'),
    14: of('admitSource'),
    15: first('specialArrangement', 'AmbulatoryStatus'),
    16: first('specialCourtesy'),
    17: every(who.admitting),
    19: visit,
    36: of('dischargeDisposition'),
    38: first('dietPreference'),
    44: moment(period?.text('start')),
    // PV1-45 says that the stay is over.
    45: isOver(encounter, event) ? moment(period?.text('end')) : undefined,
    50: otherNumbers[0],
    52: every(who.others),
  });
}

/** PV1-2: the code of the table alone, as it is read from there; a class that has none is written with its system. */
function visitClass(encounter: Element, { vocabulary }: Source): Components | string {
  const coding = encounter.one('class');
  const code = coding?.text('code');
  if (coding === undefined || code === undefined) return 'U';
  const system = coding.text('system');
  const found = vocabulary.codeOf('PatientClass[EncounterClass]', { system, code });
  if (!found) return [code, coding.text('display'), vocabulary.codeSystem(system)];
  coding.takeAll();
  return found.code;
}

/** PV1-19 is the visit number; a visit without any is known by its id, in the sender's name. */
function visitNumbers(encounter: Element, source: Source, sender: Authority): readonly Components[] {
  const isVisitNumber = (one: Element): boolean =>
    one.unnoticed.one('type')?.all('coding')[0]?.peek('code') === 'VN';
  const all = [...encounter.all('identifier')].sort(
    (one, other) => Number(isVisitNumber(other)) - Number(isVisitNumber(one)),
  );
  const id = encounter.peek('id');
  if (all.length === 0) return id === undefined ? [] : [[id, '', '', sender, 'VN']];
  return all.slice(0, 2).map((one) => identifier(one, source.vocabulary));
}

function preadmission(stay: Element, { vocabulary }: Source): Components | undefined {
  const number = stay.one('preAdmissionIdentifier');
  return number && identifier(number, vocabulary);
}

function admissionTypeFirst(one: Element, other: Element): number {
  const rank = (concept: Element): number =>
    Number(
      concept.unnoticed.all('coding').some((coding) => coding.peek('system')?.endsWith('/v2-0007') ?? false),
    );
  return rank(other) - rank(one);
}

interface Places {
  readonly current: Components | undefined;
  readonly prior: Components | undefined;
  readonly planned: Components | undefined;
}

/** Where the patient is, was before, and is to go; after the last place was left, that is where the patient was last. */
function places(encounter: Element, source: Source): Places {
  const stations = [...encounter.all('location')].sort(byBeginning);
  const of = (...statuses: (string | undefined)[]): Element[] =>
    stations.filter((one) => statuses.includes(one.peek('status')));
  const left = of('completed');
  const current = of('active', undefined).at(-1) ?? left.pop();
  const told = (station: Element | undefined, implied: string): Components | undefined => {
    if (station?.peek('status') === implied) station.text('status');
    return place(station?.one('location'), source);
  };
  return {
    current: told(current, 'active'),
    prior: told(left.at(-1), 'completed'),
    planned: told(of('planned').at(-1), 'planned'),
  };
}

function byBeginning(one: Element, other: Element): number {
  const start = (station: Element): number =>
    Date.parse(station.unnoticed.one('period')?.text('start') ?? '') || 0;
  return start(one) - start(other);
}

interface Participants {
  readonly attending: readonly Components[];
  readonly referring: readonly Components[];
  readonly consulting: readonly Components[];
  readonly admitting: readonly Components[];
  readonly others: readonly Components[];
}

/** By http://terminology.hl7.org/CodeSystem/v3-ParticipationType; who takes part in another way, or none that is said, is among the others. */
function participants(encounter: Element, source: Source): Participants {
  const all = encounter.all('participant').map((participant) => ({ participant, type: typeOf(participant) }));
  const told = (wanted: (type: string) => boolean, isExact = true): Components[] =>
    present(
      all
        .filter(({ type }) => wanted(type))
        .map(({ participant }) => {
          if (isExact) for (const type of participant.all('type')) type.takeAll();
          return person(participant.one('individual'), source);
        }),
    );
  const isAttended = all.some(({ type }) => type === 'ATND');
  const shown = new Set(['ATND', 'REF', 'CON', 'ADM', ...(isAttended ? [] : ['PPRF'])]);
  return {
    // Who does most for the patient is looked for there too.
    attending: isAttended ? told((type) => type === 'ATND') : told((type) => type === 'PPRF', false),
    referring: told((type) => type === 'REF'),
    consulting: told((type) => type === 'CON'),
    admitting: told((type) => type === 'ADM'),
    others: told((type) => !shown.has(type), false),
  };
}

function typeOf(participant: Element): string {
  const [type] = participant.unnoticed.all('type');
  return type?.all('coding')[0]?.peek('code') ?? '';
}

function isOver(encounter: Element, event: V2Event): boolean {
  return event === 'A03' || (encounter.peek('status') === 'finished' && event !== 'A13');
}

/** A status counts as said where the message implies it. */
function takeStatus(encounter: Element, event: V2Event): void {
  const implied = event === 'A11' ? 'cancelled' : isOver(encounter, event) ? 'finished' : 'in-progress';
  if (encounter.peek('status') === implied) encounter.text('status');
}

const r5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.';

/** PV2, where there is anything for it. */
export function moreOfVisit(encounter: Element, source: Source): SegmentContent[] {
  const { vocabulary } = source;
  const at = (name: string) => moment(encounter.extension(`${r5}${name}`)?.text('valueDateTime'));
  const arrival = encounter
    .extension('http://hl7.org/fhir/StructureDefinition/encounter-modeOfArrival')
    ?.one('valueCoding');
  const arrivalCode = arrival?.text('code');
  const fields = {
    1: places(encounter, source).planned,
    3: concept(encounter.all('reasonCode')[0], vocabulary),
    8: at('plannedStartDate'),
    9: at('plannedEndDate'),
    11: days(encounter.one('length')),
    23: organization(encounter.one('serviceProvider'), source),
    25: concept(encounter.one('priority'), vocabulary, 'EncounterPriority'),
    38:
      arrival && arrivalCode !== undefined
        ? [arrivalCode, arrival.text('display'), vocabulary.codeSystem(arrival.text('system'))]
        : undefined,
  };
  return Object.values(fields).every((field) => field === undefined) ? [] : [segment('PV2', fields)];
}

/** PV2-11 counts days. */
function days(length: Element | undefined): string | undefined {
  return length?.peek('code') === 'd' ? length.takeAll().text('value') : undefined;
}
