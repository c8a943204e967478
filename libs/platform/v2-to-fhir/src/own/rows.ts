/** What our tables say over and over: an extension's URL, a v2 table's URI, an empty field, rows taken away. */
export const url = (name: string): readonly string[] => [`=http://hl7.org/fhir/StructureDefinition/${name}`];
export const v2Table = (number: string): readonly string[] => [
  `=http://terminology.hl7.org/CodeSystem/v2-${number}`,
];
export const notValued = (field: string) => ['not', ['valued', field]] as const;

export function gaps(...lines: number[]): (readonly [number])[] {
  return lines.map((line) => [line]);
}

/** Codes by which a sender says that a person is the patient: table 0063, and X12's. */
export const selfCodes = ['SEL', 'S', '18'];

export const actCode = ['=http://terminology.hl7.org/CodeSystem/v3-ActCode'];
export const loinc = ['=http://loinc.org'];
export const snomed = ['=http://snomed.info/sct'];

/** Whether the order names the facility of who ordered: then it is a practitioner in a role. */
export const facility = ['any', ['valued', 'ORC-21'], ['valued', 'ORC-22'], ['valued', 'ORC-23']] as const;

/** The units of time that Timing.repeat knows, by the ways version 2 has for them. */
export const unitsOfTime = [
  's',
  'sec',
  'S',
  'min',
  'M',
  'h',
  'hr',
  'H',
  'd',
  'D',
  'day',
  'wk',
  'W',
  'mo',
  'L',
  'a',
  'ann',
  'yr',
];
