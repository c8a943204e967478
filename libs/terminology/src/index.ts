import { defineContext } from '#platform/runtime';

export const terminology = defineContext({
  name: 'terminology',
  types: [
    'CodeSystem',
    'ValueSet',
    'ConceptMap',
    'NamingSystem',
    'CapabilityStatement',
    'CompartmentDefinition',
    'ExampleScenario',
    'GraphDefinition',
    'ImplementationGuide',
    'OperationDefinition',
    'SearchParameter',
    'StructureDefinition',
    'StructureMap',
    'TerminologyCapabilities',
    'TestReport',
    'TestScript',
  ],
});
