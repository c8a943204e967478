import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  definitionSet,
  isResourceType,
  patientCompartmentParameters,
  primitivePattern,
  resourceTypes,
  typeDefinition,
} from '../src/definitions.ts';
import { packageRoot } from '../src/package-root.ts';
import { checkout } from './packages.ts';

describe('the committed definitions', () => {
  it('are what the packages give', () => {
    execFileSync(process.execPath, [join(checkout, 'tools/definitions/make.mjs'), '--check']);
  }, 300_000);

  it('hold all 146 concrete resource types', () => {
    expect(resourceTypes).toHaveLength(146);
    expect(isResourceType('Patient')).toBe(true);
    expect(isResourceType('DomainResource')).toBe(false);
    expect(isResourceType('HumanName')).toBe(false);
  });

  it('are named by their content', () => {
    expect(definitionSet()).toMatch(/^[0-9a-f]{16}$/);
    expect(definitionSet()).toBe(definitionSet());
  });

  it('know elements, primitives and the patient compartment', () => {
    const gender = typeDefinition('Patient')?.elements.find(({ name }) => name === 'gender');
    expect(gender).toMatchObject({
      min: 0,
      max: 1,
      types: ['code'],
      valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender',
    });
    expect(typeDefinition('Patient.contact')?.kind).toBe('backbone');
    expect(primitivePattern('oid')).toContain('urn:oid:');
    expect(patientCompartmentParameters('Observation')).toEqual(['subject', 'performer']);
    expect(patientCompartmentParameters('Organization')).toEqual([]);
  });
});

describe('the package root', () => {
  it('is the same from the sources and from what is built', () => {
    expect(packageRoot(`file://${checkout}/libs/platform/fhir/src/definitions.ts`)).toBe(checkout);
    expect(packageRoot(`file://${checkout}/dist/libs/platform/fhir/src/definitions.js`)).toBe(checkout);
  });

  it('is refused outside of any package', () => {
    expect(() => packageRoot('file:///definitions.js')).toThrow(/package folder/);
  });
});
