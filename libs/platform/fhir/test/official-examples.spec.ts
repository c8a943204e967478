import { beforeAll, describe, expect, it } from '@jest/globals';
import { lexicalTree, withoutServersOwn } from '#platform/testing';
import { joinResource, splitResource } from '../src/resource-text.ts';
import { validate } from '../src/validate.ts';
import { officialExamples, type Example } from './packages.ts';

const noBase =
  'SearchParameter.base is 1..*: https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.base';
const noName =
  'ImplementationGuide.name and .status are 1..1: https://hl7.org/fhir/R4/implementationguide-definitions.html';

/** The examples that break the specification themselves, each with the rule it breaks. */
const invalidExamples: Readonly<Record<string, string>> = {
  'Bundle-v2-valuesets.json': 'holds CodeSystem v2-0550, see there',
  'CodeSystem-v2-0550.json': 'a code has no double spaces: https://hl7.org/fhir/R4/datatypes.html#code',
  'DeviceMetric-example.json':
    'parent is a Reference(Device): https://hl7.org/fhir/R4/devicemetric-definitions.html#DeviceMetric.parent',
  'DeviceUseStatement-example.json':
    'reasonReference leads to five types: https://hl7.org/fhir/R4/deviceusestatement-definitions.html#DeviceUseStatement.reasonReference',
  'ImplementationGuide-fhir.json': noName,
  'ig-r4.json': noName,
  'MedicationRequest-medrx0301.json':
    'performer is a Reference(Organization): https://hl7.org/fhir/R4/medicationrequest-definitions.html#MedicationRequest.dispenseRequest.performer',
  'Observation-clinical-gender.json':
    'performer leads to six types: https://hl7.org/fhir/R4/observation-definitions.html#Observation.performer',
  'Questionnaire-qs1.json':
    'item.linkId is 1..1: https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.linkId',
  'SearchParameter-codesystem-extensions-CodeSystem-author.json': noBase,
  'SearchParameter-codesystem-extensions-CodeSystem-effective.json': noBase,
  'SearchParameter-codesystem-extensions-CodeSystem-end.json': noBase,
  'SearchParameter-codesystem-extensions-CodeSystem-keyword.json': noBase,
  'SearchParameter-codesystem-extensions-CodeSystem-workflow.json': noBase,
  'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json':
    'an id has at most 64 characters: https://hl7.org/fhir/R4/datatypes.html#id',
  'SearchParameter-valueset-extensions-ValueSet-author.json': noBase,
  'SearchParameter-valueset-extensions-ValueSet-effective.json': noBase,
  'SearchParameter-valueset-extensions-ValueSet-end.json': noBase,
  'SearchParameter-valueset-extensions-ValueSet-keyword.json': noBase,
  'SearchParameter-valueset-extensions-ValueSet-workflow.json': noBase,
};

let examples: readonly Example[];

beforeAll(async () => {
  examples = await officialExamples();
}, 600_000);

describe('the official R4 examples', () => {
  it('are valid, but for the few that break the specification themselves', () => {
    const rejected: string[] = [];
    for (const { file, text } of examples) {
      const { type, resource } = splitResource(text);
      if (validate(type, resource).length > 0) rejected.push(file);
    }
    expect(examples.length).toBeGreaterThan(5000);
    expect(rejected.sort()).toEqual(Object.keys(invalidExamples).sort());
    expect(rejected.length / examples.length).toBeLessThan(0.01);
  }, 300_000);

  it('come back as they were, every number to the digit', () => {
    for (const { file, text } of examples) {
      // Beyond this there is nothing that a smaller one does not have, and comparing takes long.
      if (text.length > 300_000) continue;
      const { type, id, content } = splitResource(text);
      const joined = joinResource(type, id ?? 'x', 7, 1_700_000_000_123, content);
      const { resource } = splitResource(joined);
      expect(resource['meta']).toMatchObject({ versionId: '7', lastUpdated: '2023-11-14T22:13:20.123Z' });
      const [before, after] = [withoutServersOwn(lexicalTree(text)), withoutServersOwn(lexicalTree(joined))];
      if (JSON.stringify(sorted(before)) !== JSON.stringify(sorted(after)))
        throw new Error(`${file} came back changed`);
      expect(splitResource(joined).content).toBe(content);
    }
  }, 300_000);
});

function sorted(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
