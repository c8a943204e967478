/** The compiled extraction against npm `fhirpath`, which evaluates the same expressions as they are written. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluatorOf, projected, type Projection } from './fhirpath-reference.ts';
import { isResourceType, resourceTypes } from '../src/definitions.ts';
import { extract, silentDataTypes } from '../src/extract.ts';
import type { IndexValues } from '../src/index-values.ts';
import type { ParsedResource } from '../src/resource-text.ts';
import { indexedParameters, unsupportedParameters } from '../src/search-parameters.ts';
import { officialExamples } from './packages.ts';

/** Of the definitions there are thousands alike; as many as this of each type say the same. */
const mostOfOneType = 200;

let resources: readonly { file: string; type: string; resource: ParsedResource }[];

beforeAll(async () => {
  const counts = new Map<string, number>();
  resources = (await officialExamples())
    .filter(({ text }) => text.length < 150_000)
    .map(({ file, text }) => ({ file, resource: JSON.parse(text) as ParsedResource }))
    .map(({ file, resource }) => ({ file, resource, type: resource['resourceType'] as string }))
    .filter(({ type }) => {
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      return isResourceType(type) && count <= mostOfOneType;
    });
}, 600_000);

/** The index values of one parameter in the form that the reference is projected to. */
function extracted(values: IndexValues, code: string): readonly string[] {
  const of = <T extends { parameter: string }>(list: readonly T[], text: (value: T) => string): string[] =>
    list.filter(({ parameter }) => parameter === code).map(text);
  return [
    ...of(values.tokens, (token) => token.code),
    ...of(values.strings, (string) => string.value),
    ...of(values.dates, ({ low, high }) => `${low} ${high}`),
    ...of(values.numbers, ({ low, high }) => `${low} ${high}`),
    ...of(values.quantities, ({ low, high, code: unit }) => `${low} ${high} ${unit ?? ''}`),
    ...of(values.references, ({ targetType, targetId, url }) => url ?? `${targetType}/${targetId}`),
    ...of(values.uris, (uri) => uri.value),
  ];
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

describe('index extraction', () => {
  it('finds what fhirpath finds, in every example and for every parameter', () => {
    const differences: string[] = [];
    let compared = 0;
    for (const { file, type, resource } of resources) {
      const values = extract(type, resource);
      for (const parameter of indexedParameters(type)) {
        const expected = distinct(
          projected(parameter.type as Projection, evaluatorOf(type, parameter)(resource)),
        );
        const found = distinct(extracted(values, parameter.code));
        compared += expected.length;
        if (JSON.stringify(expected) !== JSON.stringify(found)) {
          differences.push(
            `${file} ${parameter.code}: fhirpath ${JSON.stringify(expected)} ours ${JSON.stringify(found)}`,
          );
        }
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(20_000);
  }, 300_000);

  it('covers every parameter that R4 gives an expression, but composites and special ones', () => {
    const others = new Set(
      resourceTypes.flatMap((type) =>
        unsupportedParameters(type)
          .filter((each) => each.type !== 'composite')
          .map((each) => `${each.code} ${each.type}`),
      ),
    );
    expect([...others].sort()).toEqual([
      '_content string',
      '_filter special',
      '_query token',
      '_text string',
      'age number',
      'birthOrderBoolean token',
      'near special',
    ]);
  });

  it('is silent only on data types that say nothing to their parameter', () => {
    const silent = resourceTypes.flatMap((type) =>
      silentDataTypes(type).map(({ parameter, dataType }) => `${type}.${parameter}: ${dataType}`),
    );
    expect([...new Set(silent)].sort()).toEqual([
      'CarePlan.activity-date: string',
      'Consent.source-reference: Attachment',
      'Immunization.date: string',
      'Observation.combo-value-quantity: SampledData',
      'Observation.component-value-quantity: SampledData',
      'Observation.value-quantity: SampledData',
      'Procedure.date: Age',
      'Procedure.date: Range',
      'Procedure.date: string',
    ]);
  });
});
