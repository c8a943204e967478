/** The FHIR data types that the demonstration data is written in. https://hl7.org/fhir/R4/datatypes.html */

export interface DemoResource extends Record<string, unknown> {
  readonly resourceType: string;
  readonly id: string;
}

export const snomed = 'http://snomed.info/sct';
export const loinc = 'http://loinc.org';
export const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
export const cvx = 'http://hl7.org/fhir/sid/cvx';
export const hl7 = 'http://terminology.hl7.org/CodeSystem/';

export function concept(system: string, code: string, text: string): object {
  return { coding: [{ system, code, display: text }], text };
}

/** A concept of one of HL7's own code systems, e.g. `hl7Concept('condition-clinical', 'active')`. */
export function hl7Concept(system: string, code: string, text?: string): object {
  return { coding: [{ system: `${hl7}${system}`, code, ...(text === undefined ? {} : { display: text }) }] };
}

export function reference(
  { resourceType, id }: DemoResource,
  display?: string,
): { reference: string; display?: string } {
  return { reference: `${resourceType}/${id}`, ...(display === undefined ? {} : { display }) };
}

export function quantity(value: number, unit: string): object {
  return { value, unit, system: 'http://unitsofmeasure.org', code: unit === 'puff' ? '{puff}' : unit };
}

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const yearMs = 365.25 * dayMs;

/** A moment: to the second, UTC. */
export function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
