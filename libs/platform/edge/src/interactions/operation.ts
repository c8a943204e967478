// https://hl7.org/fhir/R4/operations.html
import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import { readParameters, type Operation } from '#platform/runtime';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { fhirCall, queryOf } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { askedFormat, assertJsonBody } from '../http/negotiate.ts';
import { bodyLimits, hasBody, readBody } from '../http/read-body.ts';
import type { EdgeOperation } from '../operator/edge-operation.ts';
import { edgeOperations } from '../operator/edge-operations.ts';
import { patientEverything } from './patient-everything.ts';

interface Target {
  readonly level: Operation['level'];
  readonly type?: string;
  readonly id?: string;
  /** Without the dollar sign. */
  readonly name: string;
}

interface Asked {
  readonly body?: string | undefined;
  /** One of the operation's own; within a Bundle everything is FHIR JSON. */
  readonly format?: string | undefined;
}

/** Invokes what a context offers under the name. Faults: `not-found`, `method-not-allowed`, the operation's own. */
export async function invoke(
  edge: Edge,
  call: FhirCall,
  method: string,
  target: Target,
  query: URLSearchParams,
  { body, format }: Asked = {},
): Promise<Answer> {
  const { level, type, id, name } = target;
  if (level === 'instance' && type === 'Patient' && name === 'everything') {
    return patientEverything(edge, call, id!, query);
  }
  const own = level === 'system' ? edgeOperations.find((each) => each.name === name) : undefined;
  const operation = own ?? edge.findOperation(level, type, name);
  if (operation === undefined)
    throw new Fault('not-found', 'There is no such operation here. /fhir/R4/metadata lists them.');
  if (method !== 'POST' && !operation.readOnly) {
    throw new Fault('method-not-allowed', 'This operation changes something: use POST.');
  }
  const parameters: Record<string, string[]> = {};
  for (const key of new Set(query.keys())) parameters[key] = query.getAll(key);
  if ('perform' in operation) return perform(edge, call, operation, parameters, body);
  if (operation.formats !== undefined) delete parameters['_format'];
  if (format !== undefined) parameters['_format'] = [format];
  const request = {
    base: call.base,
    parameters,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
  };
  const { texts } = await edge.call(
    call,
    operation.contract,
    request,
    body === undefined ? {} : { texts: [body] },
  );
  if (texts[0] === undefined) return { status: 204 };
  return { status: 200, text: texts[0], ...(format === undefined ? {} : { format }) };
}

async function perform(
  edge: Edge,
  call: FhirCall,
  operation: EdgeOperation,
  parameters: Record<string, string[]>,
  body: string | undefined,
): Promise<Answer> {
  const given = readParameters({ parameters, base: call.base }, body, operation.takes);
  const parameter = await operation.perform(edge, call, given);
  const some = parameter.length === 0 ? {} : { parameter };
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', ...some }) };
}

@Controller(fhirRoot)
export class OperationInteraction {
  constructor(private readonly edge: Edge) {}

  @Get('$:operation')
  readSystem(@Req() request: FhirRequest<'operation'>, @Res() reply: FhirReply): Promise<void> {
    return this.#handle(request, reply, { level: 'system', name: request.params.operation });
  }

  @Post('$:operation')
  @HttpCode(200)
  system(@Req() request: FhirRequest<'operation'>, @Res() reply: FhirReply): Promise<void> {
    return this.readSystem(request, reply);
  }

  @Get(':type/$:operation')
  readType(@Req() request: FhirRequest<'type' | 'operation'>, @Res() reply: FhirReply): Promise<void> {
    const { type, operation } = request.params;
    return this.#handle(request, reply, { level: 'type', type, name: operation });
  }

  @Post(':type/$:operation')
  @HttpCode(200)
  type(@Req() request: FhirRequest<'type' | 'operation'>, @Res() reply: FhirReply): Promise<void> {
    return this.readType(request, reply);
  }

  @Get(':type/:id/$:operation')
  readInstance(
    @Req() request: FhirRequest<'type' | 'id' | 'operation'>,
    @Res() reply: FhirReply,
  ): Promise<void> {
    const { type, id, operation } = request.params;
    return this.#handle(request, reply, { level: 'instance', type, id, name: operation });
  }

  @Post(':type/:id/$:operation')
  @HttpCode(200)
  instance(@Req() request: FhirRequest<'type' | 'id' | 'operation'>, @Res() reply: FhirReply): Promise<void> {
    return this.readInstance(request, reply);
  }

  async #handle(request: FhirRequest, reply: FhirReply, target: Target): Promise<void> {
    const { method } = request;
    const formats = this.edge.findOperation(target.level, target.type, target.name)?.formats ?? [];
    const format = askedFormat(request.headers.accept, request.query, formats);
    const call = fhirCall(this.edge, request, format);
    if (target.type !== undefined) this.edge.ownerOf(target.type);
    let body: string | undefined;
    if (method === 'POST' && hasBody(request)) {
      assertJsonBody(request.headers['content-type']);
      body = await readBody(request.raw, target.level === 'system' ? bodyLimits.bundle : bodyLimits.resource);
    }
    send(reply, await invoke(this.edge, call, method, target, queryOf(request.url), { body, format }));
  }
}
