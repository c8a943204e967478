// https://hl7.org/fhir/R4/http.html#capabilities
import { Controller, Get, Req, Res } from '@nestjs/common';
import { Public } from '#platform/access';
import { searchParameters } from '#platform/fhir';
import type { Operation } from '#platform/runtime';
import { Edge } from '../edge.ts';
import { edgeOperations } from '../operator/edge-operations.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { assertAcceptable, fhirJson } from '../http/negotiate.ts';

const interactions = ['read', 'vread', 'update', 'delete', 'history-instance', 'create', 'search-type'];

/** What this installation serves, made from what it serves. https://hl7.org/fhir/R4/capabilitystatement.html */
export function capabilityStatement(edge: Edge): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    ...listed(
      'instantiates',
      edge.contexts.flatMap(({ capabilities }) => capabilities?.instantiates ?? []),
    ),
    software: { name: 'Septum' },
    implementation: { description: "The hospital's data exchange in one program" },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        security: {
          description:
            'A bearer token, or a session of the console. SMART scopes, version 2; without scopes, nothing.',
        },
        resource: edge.types.map((type) => resource(edge, type)),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
        ...listed('operation', [
          ...edge.operations.filter(({ level }) => level === 'system').map(operation),
          ...edgeOperations.map(operation),
        ]),
      },
    ],
  };
}

function resource(edge: Edge, type: string): object {
  const parameters = searchParameters(type);
  const references = parameters
    .filter((each) => each.type === 'reference')
    .map(({ code }) => `${type}:${code}`);
  const everything = {
    name: 'everything',
    definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  };
  const operations = edge.operations
    .filter((each) => each.level !== 'system' && each.type === type)
    // One that is invoked on the type and on an instance is one operation.
    .filter((each, at, all) => all.findIndex(({ contract }) => contract === each.contract) === at)
    .map(operation);
  return {
    type,
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: false,
    conditionalRead: 'not-match',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    ...listed('searchInclude', references),
    searchParam: parameters.map(({ code, url, type: kind }) => ({ name: code, definition: url, type: kind })),
    ...listed('operation', type === 'Patient' ? [everything, ...operations] : operations),
    ...edge.contexts.reduce((found, { capabilities }) => ({ ...found, ...capabilities?.types?.[type] }), {}),
  };
}

function operation({
  name,
  type,
  documentation,
  definition,
}: Pick<Operation, 'name' | 'type' | 'documentation' | 'definition'>): object {
  const own = `urn:septum:operation:${type === undefined ? '' : `${type}:`}${name}`;
  return { name, definition: definition ?? own, documentation };
}

/** FHIR knows no empty arrays. */
function listed(name: string, values: readonly unknown[]): object {
  return values.length === 0 ? {} : { [name]: values };
}

@Controller(fhirRoot)
export class CapabilitiesInteraction {
  readonly #text: () => string;

  constructor(edge: Edge) {
    let text: string | undefined;
    this.#text = () => (text ??= JSON.stringify(capabilityStatement(edge)));
  }

  @Public()
  @Get('metadata')
  handle(@Req() request: FhirRequest, @Res() reply: FhirReply): void {
    assertAcceptable(request.headers.accept, request.query);
    reply.header('content-type', fhirJson).send(this.#text());
  }
}
