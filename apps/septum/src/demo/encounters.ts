import { concept, hl7, hl7Concept, moment, reference, snomed, type DemoResource } from './building-blocks.ts';
import type { Hospital, Staff } from './hospital.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';

export interface EncounterPlan {
  readonly kind: 'AMB' | 'IMP';
  readonly status: 'in-progress' | 'finished';
  readonly start: number;
  readonly end?: number;
  readonly staff: Staff;
  /** Where, in order, each until the next begins. */
  readonly locations: readonly { readonly location: DemoResource; readonly from: number }[];
  readonly reason: readonly [code: string, text: string];
}

const kinds = { AMB: 'ambulatory', IMP: 'inpatient encounter' } as const;

export function encounterOf(
  random: Random,
  hospital: Hospital,
  person: Person,
  plan: EncounterPlan,
): DemoResource {
  const period = { start: moment(plan.start), ...(plan.end === undefined ? {} : { end: moment(plan.end) }) };
  return {
    resourceType: 'Encounter',
    id: random.uuid(),
    status: plan.status,
    class: { system: `${hl7}v3-ActCode`, code: plan.kind, display: kinds[plan.kind] },
    subject: reference(person.patient, person.name),
    participant: [
      {
        type: [hl7Concept('v3-ParticipationType', 'ATND', 'attender')],
        individual: reference(plan.staff.practitioner, plan.staff.name),
      },
    ],
    period,
    reasonCode: [concept(snomed, ...plan.reason)],
    ...(plan.kind === 'IMP' && plan.end !== undefined
      ? { hospitalization: { dischargeDisposition: hl7Concept('discharge-disposition', 'home', 'Home') } }
      : {}),
    location: plan.locations.map(({ location, from }, index) => {
      const until = plan.locations[index + 1]?.from ?? plan.end;
      return {
        location: reference(location, String(location['name'])),
        status: until === undefined ? 'active' : 'completed',
        period: { start: moment(from), ...(until === undefined ? {} : { end: moment(until) }) },
      };
    }),
    serviceProvider: reference(hospital.organization, String(hospital.organization['name'])),
  };
}
