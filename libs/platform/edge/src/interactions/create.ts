// https://hl7.org/fhir/R4/http.html#create
import { Controller, Post, Req, Res } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import { Edge, type FhirCall } from '../edge.ts';
import { send, written, type Answer } from '../http/answer.ts';
import { idempotencyKeyOf } from '../http/conditions.ts';
import { fhirCall, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { assertJsonBody } from '../http/negotiate.ts';
import { readBody, resourceLimit } from '../http/read-body.ts';

/** Stores a new resource under an id of ours. Faults: `malformed`, `invalid`, `business-rule`, `forbidden`. */
export async function create(edge: Edge, call: FhirCall, type: string, text: string): Promise<Answer> {
  if (call.headers['if-none-exist'] !== undefined) {
    throw new Fault(
      'not-supported',
      'Conditional create is not supported: search first, then create without If-None-Exist.',
    );
  }
  const idempotencyKey = idempotencyKeyOf(single(call.headers['idempotency-key']));
  const { result, texts } = await edge.call(
    call,
    edge.ownerOf(type).resources.write,
    { method: 'create', type, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
    { texts: [text] },
  );
  return written(call, 201, result, texts[0]);
}

@Controller(fhirRoot)
export class CreateInteraction {
  constructor(private readonly edge: Edge) {}

  @Post(':type')
  async handle(@Req() request: FhirRequest<'type'>, @Res() reply: FhirReply): Promise<void> {
    const { type } = request.params;
    const call = fhirCall(this.edge, request);
    this.edge.ownerOf(type);
    assertJsonBody(request.headers['content-type']);
    send(reply, await create(this.edge, call, type, await readBody(request.raw, resourceLimit(type))));
  }
}
