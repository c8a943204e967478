/** What our tables say over and over: an extension's URL, a v2 table's URI, an empty field, rows taken away. */
export const url = (name: string): readonly string[] => [`=http://hl7.org/fhir/StructureDefinition/${name}`];
export const v2Table = (number: string): readonly string[] => [
  `=http://terminology.hl7.org/CodeSystem/v2-${number}`,
];
export const notValued = (field: string) => ['not', ['valued', field]] as const;

export function gaps(...lines: number[]): (readonly [number])[] {
  return lines.map((line) => [line]);
}
