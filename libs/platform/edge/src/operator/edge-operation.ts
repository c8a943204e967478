import type { OperationParameters } from '#platform/runtime';
import type { Edge, FhirCall } from '../edge.ts';

/** A part of a Parameters resource. https://hl7.org/fhir/R4/parameters.html */
export interface ParameterPart {
  readonly name: string;
  readonly part?: readonly ParameterPart[];
  readonly [value: `value${string}`]: unknown;
}

/** An operation at system level that the edge itself offers, because it asks several contexts or the home database. */
export interface EdgeOperation {
  /** Without the dollar sign. */
  readonly name: string;
  readonly readOnly: boolean;
  /** One sentence for the CapabilityStatement. */
  readonly documentation: string;
  /** The names of the parameters that it takes. */
  readonly takes: readonly string[];
  perform(edge: Edge, call: FhirCall, given: OperationParameters): Promise<readonly ParameterPart[]>;
}

export const part = {
  code: (name: string, valueCode: string): ParameterPart => ({ name, valueCode }),
  string: (name: string, valueString: string): ParameterPart => ({ name, valueString }),
  count: (name: string, valueUnsignedInt: number): ParameterPart => ({ name, valueUnsignedInt }),
  flag: (name: string, valueBoolean: boolean): ParameterPart => ({ name, valueBoolean }),
  seconds: (name: string, ms: number): ParameterPart => ({ name, valueDecimal: Math.round(ms / 100) / 10 }),
  of: (name: string, parts: readonly ParameterPart[]): ParameterPart => ({ name, part: parts }),
};
