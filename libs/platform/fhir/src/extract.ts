import { addPath, addTruth, PlanNode } from './extraction-plan.ts';
import { isResourceType, patientCompartmentParameters } from './definitions.ts';
import { startIndexRun, type IndexRun, type IndexValues } from './index-values.ts';
import { parseReference } from './reference-value.ts';
import type { ParsedResource } from './resource-text.ts';
import { parseExpression } from './search-expression.ts';
import { indexedParameters } from './search-parameters.ts';
import type { SearchParameterDefinition } from './definitions.ts';

export interface ExtractOptions {
  /** The resource's id, when its text does not hold it. */
  readonly id?: string;
  /** Absolute references below this are this installation's own; without a slash at its end. */
  readonly ownBase?: string;
}

/** A parameter whose values are of data types that it has no use for: `Observation.value-quantity: SampledData`. */
export interface SilentDataType {
  readonly parameter: string;
  readonly dataType: string;
}

interface Extractor {
  readonly root: PlanNode;
  readonly silent: readonly SilentDataType[];
}

function compile(type: string, parameters: readonly SearchParameterDefinition[]): Extractor {
  const root = new PlanNode();
  const silent: SilentDataType[] = [];
  for (const parameter of parameters) {
    const expression = parseExpression(parameter.expression!, type);
    if (expression.kind === 'is-true') addTruth(root, expression.path, parameter.code);
    else {
      const unheard = expression.paths.flatMap((path) => {
        const found = addPath(root, type, path, parameter);
        // An extension may have a value of any type: no parameter means all of them.
        return path.some(({ kind }) => kind === 'extension') ? [] : found;
      });
      silent.push(...unheard.map((dataType) => ({ parameter: parameter.code, dataType })));
    }
  }
  return { root, silent };
}

function compiledOnce(
  parametersOf: (type: string) => readonly SearchParameterDefinition[],
): (type: string) => Extractor {
  const extractors = new Map<string, Extractor>();
  return (type) => {
    let extractor = extractors.get(type);
    if (!extractor)
      extractors.set(type, (extractor = compile(type, isResourceType(type) ? parametersOf(type) : [])));
    return extractor;
  };
}

const extractor = compiledOnce(indexedParameters);
function patientsIn(type: string, run: IndexRun, id: string | undefined): readonly string[] {
  const codes = patientCompartmentParameters(type);
  const isPatient = type === 'Patient' && id !== undefined;
  if (codes.length === 0 && !isPatient) return [];
  const patients = new Set<string>(isPatient ? [id] : []);
  for (const { parameter, targetType, targetId } of run.references) {
    if (targetType === 'Patient' && targetId !== undefined && codes.includes(parameter))
      patients.add(targetId);
  }
  return [...patients].sort();
}

function idOf(resource: ParsedResource, options: ExtractOptions): string | undefined {
  const { id } = resource;
  return options.id ?? (typeof id === 'string' ? id : undefined);
}

/**
 * All index values of a valid resource, among them the ids of the patients in whose compartments it lies.
 * https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
export function extract(type: string, resource: ParsedResource, options: ExtractOptions = {}): IndexValues {
  const run = startIndexRun(resource, options.ownBase);
  extractor(type).root.visit(resource, run);
  const { tokens, strings, dates, numbers, quantities, references, uris } = run;
  const patients = patientsIn(type, run, idOf(resource, options));
  return { tokens, strings, dates, numbers, quantities, references, uris, patients };
}

/** Data types at the end of a parameter's path that the parameter says nothing about. */
export function silentDataTypes(type: string): readonly SilentDataType[] {
  return extractor(type).silent;
}

/** Every literal reference in a resource, each once, as `Type/id` or a URL; contained ones are left out. */
export function references(resource: ParsedResource, ownBase?: string): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach(look);
    const { reference } = value as Record<string, unknown>;
    if (typeof reference === 'string' && !reference.startsWith('#')) {
      const { type, id, url } = parseReference(reference, ownBase);
      found.add(url ?? `${type}/${id}`);
    }
    for (const each of Object.values(value)) if (typeof each === 'object') look(each);
  };
  look(resource);
  return [...found];
}
