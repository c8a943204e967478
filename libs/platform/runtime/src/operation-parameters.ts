import { Fault, printableName } from '#platform/fhir';
import type { InvokeOperation } from './context-definition.ts';

const always = ['_format', '_pretty'];

/** By name, the values in the order in which they were given. */
export type OperationParameters = ReadonlyMap<string, readonly string[]>;

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
): OperationParameters {
  const found = new Map<string, string[]>(
    Object.entries(parameters).map(([name, values]) => [name, [...values]]),
  );
  for (const [name, value] of inBody(body)) found.set(name, [...(found.get(name) ?? []), value]);
  const unknown = [...found.keys()].find((name) => !known.includes(name) && !always.includes(name));
  if (unknown === undefined) return found;
  const others = known.length === 0 ? 'There are none.' : `There are: ${known.join(', ')}.`;
  throw new Fault(
    'unknown-parameter',
    `The parameter ${printableName(unknown)} is not known here. ${others}`,
  );
}

/** The last one given. Fault `bad-parameter` when there is none. */
export function requiredValue(given: OperationParameters, name: string): string {
  const value = given.get(name)?.at(-1);
  if (value !== undefined) return value;
  throw new Fault('bad-parameter', `The parameter ${name} is missing. Give it.`);
}

/** From 1; undefined when it is not given. Fault `bad-parameter`. */
export function wholeNumberIn(given: OperationParameters, name: string): number | undefined {
  const text = given.get(name)?.at(-1);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Fault('bad-parameter', `The value of ${name} cannot be read: write a whole number from 1.`);
}

/** False when it is not given. Fault `bad-parameter`. */
export function flagIn(given: OperationParameters, name: string): boolean {
  const text = given.get(name)?.at(-1) ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Fault('bad-parameter', `The value of ${name} cannot be read: write true or false.`);
}

/** Milliseconds since the epoch; undefined when it is not given. Fault `bad-parameter`. */
export function instantIn(given: OperationParameters, name: string): number | undefined {
  const text = given.get(name)?.at(-1);
  if (text === undefined) return undefined;
  const instant = /^\d{4}-\d{2}-\d{2}T\S+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new Fault(
    'bad-parameter',
    `${name} must be an instant with its offset, such as 2026-01-31T08:00:00Z.`,
  );
}

function inBody(body: string | undefined): [name: string, value: string][] {
  if (body === undefined) return [];
  const { resourceType, parameter = [] } = parsed(body);
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Fault('malformed', 'The body of an operation is a Parameters resource.');
  return parameter.flatMap((each: Record<string, unknown>) => {
    const [, value] = Object.entries(each).find(([key]) => key.startsWith('value')) ?? [];
    return ['string', 'number', 'boolean'].includes(typeof value)
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
