import {
  concept,
  hl7Concept,
  moment,
  quantity,
  reference,
  rxnorm,
  snomed,
  type DemoResource,
} from './building-blocks.ts';
import type { Staff } from './hospital.ts';
import { routes, type Drug } from './knowledge.ts';
import type { Occasion } from './measurements.ts';
import type { Random } from './random.ts';

function medication(drug: Drug): object {
  return concept(rxnorm, drug.code, drug.text);
}

function dosage(drug: Drug, patientInstruction?: string): object {
  const times = drug.timesDaily === 1 ? 'once' : drug.timesDaily === 2 ? 'twice' : `${drug.timesDaily} times`;
  return {
    text: `${drug.dose} ${drug.unit} ${times} daily`,
    ...(patientInstruction === undefined ? {} : { patientInstruction }),
    timing: { repeat: { frequency: drug.timesDaily, period: 1, periodUnit: 'd' } },
    route: concept(snomed, ...routes[drug.route]),
    doseAndRate: [{ doseQuantity: quantity(drug.dose, drug.unit) }],
  };
}

export interface Order {
  readonly drug: Drug;
  readonly status: 'active' | 'completed';
  readonly setting: 'inpatient' | 'outpatient' | 'community' | 'discharge';
  readonly requester: Staff;
  readonly reason?: DemoResource;
  readonly patientInstruction?: string;
}

export function medicationRequest(
  random: Random,
  { person, encounter, time }: Occasion,
  order: Order,
): DemoResource {
  const { drug, requester, reason } = order;
  return {
    resourceType: 'MedicationRequest',
    id: random.uuid(),
    status: order.status,
    intent: 'order',
    category: [hl7Concept('medicationrequest-category', order.setting)],
    medicationCodeableConcept: medication(drug),
    subject: reference(person.patient),
    encounter: reference(encounter),
    authoredOn: moment(time),
    requester: reference(requester.practitioner, requester.name),
    ...(reason === undefined ? {} : { reasonReference: [reference(reason)] }),
    dosageInstruction: [dosage(drug, order.patientInstruction)],
  };
}

/** @param days How long the quantity handed out lasts. */
export function dispense(
  random: Random,
  { person, time }: Occasion,
  drug: Drug,
  request: DemoResource,
  days: number,
): DemoResource {
  return {
    resourceType: 'MedicationDispense',
    id: random.uuid(),
    status: 'completed',
    medicationCodeableConcept: medication(drug),
    subject: reference(person.patient),
    authorizingPrescription: [reference(request)],
    quantity: { value: days * drug.timesDaily },
    daysSupply: { value: days, unit: 'day', system: 'http://unitsofmeasure.org', code: 'd' },
    whenHandedOver: moment(time),
    dosageInstruction: [dosage(drug)],
  };
}

export function administration(
  random: Random,
  { person, encounter, time }: Occasion,
  drug: Drug,
  request: DemoResource,
): DemoResource {
  return {
    resourceType: 'MedicationAdministration',
    id: random.uuid(),
    status: 'completed',
    category: hl7Concept('medication-admin-category', 'inpatient', 'Inpatient'),
    medicationCodeableConcept: medication(drug),
    subject: reference(person.patient),
    context: reference(encounter),
    effectiveDateTime: moment(time),
    request: reference(request),
    dosage: { route: concept(snomed, ...routes[drug.route]), dose: quantity(drug.dose, drug.unit) },
  };
}

/** What the patient says to take, bought without a prescription. */
export function statement(random: Random, { person, time }: Occasion, drug: Drug): DemoResource {
  return {
    resourceType: 'MedicationStatement',
    id: random.uuid(),
    status: 'active',
    category: hl7Concept('medication-statement-category', 'patientspecified', 'Patient Specified'),
    medicationCodeableConcept: medication(drug),
    subject: reference(person.patient),
    effectivePeriod: { start: moment(time) },
    dateAsserted: moment(time),
    informationSource: reference(person.patient),
    dosage: [{ text: 'As needed, no more than three times daily' }],
  };
}
