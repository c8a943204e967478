import { Fault, printableName } from '#platform/fhir';
import type { InvokeOperation } from '#platform/runtime';

const always = ['_format', '_pretty'];

/**
 * The parameters of an operation: those of the address, and those of a Parameters resource in the body, by name.
 * https://hl7.org/fhir/R4/operations.html#request
 *
 * @throws Fault `unknown-parameter` for one that is not among `known`; `malformed` for a body that is no Parameters
 */
export function readParameters(
  { parameters }: InvokeOperation,
  body: string | undefined,
  known: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(
    Object.entries(parameters).map(([name, values]) => [name, [...values]]),
  );
  for (const [name, value] of inBody(body)) found.set(name, [...(found.get(name) ?? []), value]);
  const unknown = [...found.keys()].find((name) => !known.includes(name) && !always.includes(name));
  if (unknown === undefined) return found;
  throw new Fault(
    'unknown-parameter',
    `The parameter ${printableName(unknown)} is not known here. There are: ${known.join(', ')}.`,
  );
}

function inBody(body: string | undefined): [name: string, value: string][] {
  if (body === undefined) return [];
  const { resourceType, parameter = [] } = parsed(body);
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Fault('malformed', 'The body of an operation is a Parameters resource.');
  return parameter.flatMap((each: Record<string, unknown>) => {
    const [, value] = Object.entries(each).find(([key]) => key.startsWith('value')) ?? [];
    return typeof value === 'string' || typeof value === 'number'
      ? [[String(each['name']), String(value)]]
      : [];
  });
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    throw new Fault('malformed', 'The body is not JSON.');
  }
}
