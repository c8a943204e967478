/** A parameter of a Parameters resource. https://hl7.org/fhir/R4/parameters.html */
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

function valueOf(parameter: Parameter | undefined): unknown {
  return Object.entries(parameter ?? {}).find(([key]) => key.startsWith('value'))?.[1];
}

/** Those of one name, as their parts. */
export function partsOf(parameters: readonly Parameter[], name: string): readonly Parts[] {
  return parameters.filter((each) => each.name === name).map(valuesIn);
}

/** The values of a parameter's parts by their names. */
export function valuesIn({ part = [] }: Parameter): Parts {
  return Object.fromEntries(part.map((each) => [each.name, valueOf(each)]));
}

export function valueNamed(parameters: readonly Parameter[], name: string): unknown {
  return valueOf(parameters.find((each) => each.name === name));
}

export function numberOf(parameters: readonly Parameter[], name: string): number {
  return Number(valueNamed(parameters, name) ?? 0);
}

export function parameters(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const parameter = given.map(([name, valueString]) => ({ name, valueString }));
  return JSON.stringify({ resourceType: 'Parameters', parameter });
}
