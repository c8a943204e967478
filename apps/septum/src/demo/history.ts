import { dayMs, hourMs, yearMs, type DemoResource } from './building-blocks.ts';
import { encounterOf } from './encounters.ts';
import type { Hospital } from './hospital.ts';
import {
  acetaminophen,
  acuteConditions,
  bloodCount,
  chronicConditions,
  type Acute,
  type Chronic,
} from './knowledge.ts';
import { laboratory, vitalSigns, type Occasion } from './measurements.ts';
import { ageAt, type Person } from './person.ts';
import { administration, dispense, medicationRequest, statement } from './prescriptions.ts';
import { allergy, carePlan, condition, immunizations, procedure } from './problems.ts';
import type { Random } from './random.ts';

const visitsBack = 4;

/** Everything that happened to a person, in an order in which nothing refers ahead. */
export function historyOf(random: Random, hospital: Hospital, person: Person): DemoResource[] {
  const ill = chronicConditions.filter(
    ({ fromAge, share }) => ageAt(person, person.until) >= fromAge && random.chance(share),
  );
  return [
    person.patient,
    person.coverage,
    ...(random.chance(0.3) ? [allergy(random, person, person.born + (person.until - person.born) / 2)] : []),
    ...visits(random, hospital, person, ill),
    ...(random.chance(0.35) ? stay(random, hospital, person) : []),
  ];
}

/** A check-up a year; what lasts is found at the first and looked after at all. */
function visits(random: Random, hospital: Hospital, person: Person, ill: readonly Chronic[]): DemoResource[] {
  const years = Math.min(visitsBack, ageAt(person, person.until) + 1);
  const starts = Array.from(
    { length: years },
    (_, index) => person.until - (years - index - random.next() * 0.8) * yearMs,
  );
  return starts
    .filter((start) => start > person.born)
    .flatMap((start, index) => visit(random, hospital, person, start, ill, index === 0));
}

function visit(
  random: Random,
  hospital: Hospital,
  person: Person,
  start: number,
  ill: readonly Chronic[],
  first: boolean,
): DemoResource[] {
  const staff = random.pick(hospital.practitioners);
  const encounter = encounterOf(random, hospital, person, {
    kind: 'AMB',
    status: 'finished',
    start,
    end: start + 30 * 60_000,
    staff,
    locations: [{ location: hospital.clinic, from: start }],
    reason: ['185349003', 'Encounter for check up'],
  });
  const occasion = { person, encounter, time: start };
  const found = first
    ? ill.map((chronic) => condition(random, occasion, lasting(random, chronic, start)))
    : [];
  const treatments = ill.flatMap((chronic) => treatment(random, occasion, chronic, staff, first));
  return [
    encounter,
    ...vitalSigns(random, occasion, false, true),
    ...immunizations(random, occasion, ageAt(person, start)),
    ...found,
    ...treatments,
    ...(found.length > 0 ? [carePlan(random, occasion, found)] : []),
    ...(first && random.chance(0.25) ? [statement(random, occasion, acetaminophen)] : []),
  ];
}

function lasting(random: Random, { code, text }: Chronic, found: number) {
  return {
    code,
    text,
    category: 'problem-list-item',
    onset: found - random.between(1, 300) * dayMs,
  } as const;
}

function treatment(
  random: Random,
  occasion: Occasion,
  chronic: Chronic,
  requester: Hospital['practitioners'][number],
  first: boolean,
): DemoResource[] {
  const results = chronic.panel === undefined ? [] : laboratory(random, occasion, chronic.panel);
  if (!first) return results;
  const { drug } = chronic;
  const request = medicationRequest(random, occasion, {
    drug,
    status: 'active',
    setting: 'community',
    requester,
  });
  const quarters = Math.max(1, Math.floor((occasion.person.until - occasion.time) / (90 * dayMs)));
  const handedOver = Array.from(
    { length: Math.min(quarters, 8) },
    (_, index) => occasion.time + (index * 90 + 1) * dayMs,
  );
  const dispenses = handedOver
    .filter((time) => time < occasion.person.until)
    .map((time) => dispense(random, { ...occasion, time }, drug, request, 90));
  return [...results, request, ...dispenses];
}

/** A stay in hospital: through the emergency department to a ward; one in six is still there at the end. */
function stay(random: Random, hospital: Hospital, person: Person): DemoResource[] {
  const acute = random.pick(
    acuteConditions
      .filter(({ fromAge }) => ageAt(person, person.until) >= fromAge + 1)
      .concat(acuteConditions[0]!),
  );
  const days = random.between(...acute.days);
  const isOpen = random.chance(1 / 6);
  const start = isOpen
    ? person.until - random.between(1, Math.max(1, days - 1)) * dayMs - random.between(1, 20) * hourMs
    : Math.max(person.born + dayMs, person.until - random.between(days + 1, 500) * dayMs);
  const end = isOpen ? undefined : start + days * dayMs + random.between(0, 8) * hourMs;
  const staff = random.pick(hospital.practitioners);
  const encounter = encounterOf(random, hospital, person, {
    kind: 'IMP',
    status: isOpen ? 'in-progress' : 'finished',
    start,
    ...(end === undefined ? {} : { end }),
    staff,
    locations: [
      { location: hospital.emergency, from: start },
      { location: random.pick(hospital.wards), from: start + 4 * hourMs },
    ],
    reason: [acute.code, acute.text],
  });
  const nights = Array.from({ length: days }, (_, index) => start + 5 * hourMs + index * dayMs).filter(
    (time) => time < (end ?? person.until),
  );
  return [
    encounter,
    ...careDuring(random, { person, encounter, time: start + hourMs }, acute, staff, nights, end),
  ];
}

function careDuring(
  random: Random,
  admission: Occasion,
  acute: Acute,
  requester: Hospital['practitioners'][number],
  days: readonly number[],
  end: number | undefined,
): DemoResource[] {
  const lasts = end === undefined ? {} : { abated: end };
  const { code, text } = acute;
  const diagnosis = condition(random, admission, {
    code,
    text,
    category: 'encounter-diagnosis',
    onset: admission.time,
    ...lasts,
  });
  const status = end === undefined ? 'active' : 'completed';
  const given = acute.inHospital.flatMap((drug) => {
    const request = medicationRequest(random, admission, {
      drug,
      status,
      setting: 'inpatient',
      requester,
      reason: diagnosis,
    });
    const doses = days.flatMap((day) =>
      Array.from({ length: drug.timesDaily }, (_, index) => day + (index * 24 * hourMs) / drug.timesDaily),
    );
    const until = end ?? admission.person.until;
    return [
      request,
      ...doses
        .filter((time) => time < until)
        .map((time) => administration(random, { ...admission, time }, drug, request)),
    ];
  });
  const daily = days.flatMap((time, index) => [
    ...vitalSigns(random, { ...admission, time }, index < 2, false),
    ...(index % 2 === 0 ? laboratory(random, { ...admission, time }, bloodCount) : []),
  ]);
  const done = procedure(
    random,
    { ...admission, time: admission.time + 6 * hourMs },
    acute.procedure,
    diagnosis,
  );
  return [
    diagnosis,
    ...given,
    ...daily,
    done,
    ...(end === undefined ? [] : discharge(random, { ...admission, time: end }, acute, requester, diagnosis)),
  ];
}

function discharge(
  random: Random,
  occasion: Occasion,
  { atDischarge }: Acute,
  requester: Hospital['practitioners'][number],
  reason: DemoResource,
): DemoResource[] {
  const patientInstruction = 'Take as directed and see your doctor within a week.';
  const status = occasion.person.until - occasion.time < 30 * dayMs ? 'active' : 'completed';
  const request = medicationRequest(random, occasion, {
    drug: atDischarge,
    status,
    setting: 'discharge',
    requester,
    reason,
    patientInstruction,
  });
  return [request, dispense(random, { ...occasion, time: occasion.time + hourMs }, atDischarge, request, 14)];
}
