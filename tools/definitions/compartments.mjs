/**
 * Which search parameters put a resource into a patient's compartment.
 * https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */

/** `{ Patient: { Account: ['subject'] } }`; types that are never in the compartment are left out. */
export function compartments(definitions) {
  const patient = definitions.find((definition) => definition.id === 'patient');
  const parameters = patient.resource.filter((row) => row.param).map((row) => [row.code, row.param]);
  return { Patient: Object.fromEntries(parameters) };
}
