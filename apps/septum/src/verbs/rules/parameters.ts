import { Fault } from '#platform/fhir';

export interface Parameter {
  readonly name: string;
  readonly part?: readonly Parameter[];
  readonly [value: `value${string}`]: unknown;
}

/** The parts of one parameter by their names. */
export type Parts = Readonly<Record<string, unknown>>;

export function parametersIn(text: string): readonly Parameter[] {
  return (JSON.parse(text) as { parameter?: readonly Parameter[] }).parameter ?? [];
}

export function valueOf(parameter: Parameter | undefined): unknown {
  return Object.entries(parameter ?? {}).find(([key]) => key.startsWith('value'))?.[1];
}

/** Those of one name, as their parts. */
export function partsOf(parameters: readonly Parameter[], name: string): readonly Parts[] {
  return parameters
    .filter((each) => each.name === name)
    .map(({ part = [] }) => Object.fromEntries(part.map((each) => [each.name, valueOf(each)])));
}

export function numberOf(parameters: readonly Parameter[], name: string): number {
  return Number(valueOf(parameters.find((each) => each.name === name)) ?? 0);
}

export function parameters(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const parameter = given.map(([name, valueString]) => ({ name, valueString }));
  return JSON.stringify({ resourceType: 'Parameters', parameter });
}

/** `north@2026.1`. */
export function packOperand(operand: string | undefined): {
  readonly name: string;
  readonly version: string;
} {
  const [, name, version] = /^([^@]+)@([^@]+)$/.exec(operand ?? '') ?? [];
  if (name !== undefined && version !== undefined) return { name, version };
  throw new Fault('bad-parameter', 'Name the pack as NAME@VERSION, such as north@2026.1.');
}
