/**
 * The texts whose hashes are the keys of the index. Extraction and search both make them here, so they agree.
 * https://hl7.org/fhir/R4/search.html#token
 */

const end = '\u0000';

/** Of a parameter of a type: the key of its ordered values. */
export function parameterKey(type: string, parameter: string): string {
  return `${type}${end}${parameter}`;
}

/** `system|code`; with an empty system `|code`: a code that has none. */
export function tokenKey(type: string, parameter: string, system: string, code: string): string {
  return `${type}${end}${parameter}${end}=${system}${end}${code}`;
}

/** `code`, of whatever system. */
export function codeKey(type: string, parameter: string, code: string): string {
  return `${type}${end}${parameter}${end}?${code}`;
}

/** `system|`, whatever code. */
export function systemKey(type: string, parameter: string, system: string): string {
  return `${type}${end}${parameter}${end}|${system}`;
}

/** A resource of this installation. */
export function referenceKey(type: string, parameter: string, targetType: string, targetId: string): string {
  return `${type}${end}${parameter}${end}>${targetType}/${targetId}`;
}

/** A URI, or a reference that leads out of this installation. */
export function uriKey(type: string, parameter: string, uri: string): string {
  return `${type}${end}${parameter}${end}:${uri}`;
}

/** A unit by its code, with its system or, left undefined, whatever system. */
export function unitKey(system: string | undefined, code: string): string {
  return system === undefined ? `unit${end}${code}` : `unit${end}${system}${end}${code}`;
}

/** All that lies in the compartment of a patient. */
export function compartmentKey(patient: string): string {
  return `compartment${end}${patient}`;
}
