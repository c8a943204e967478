// https://hl7.org/fhir/R4/http.html#update
import { Controller, Put, Req, Res } from '@nestjs/common';
import { Edge, type FhirCall } from '../edge.ts';
import { send, written, type Answer } from '../http/answer.ts';
import { idempotencyKeyOf, versionOf } from '../http/conditions.ts';
import { fhirCall, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { assertJsonBody } from '../http/negotiate.ts';
import { readBody, resourceLimit } from '../http/read-body.ts';

/**
 * Stores a further version of a resource, or its first under the client's id. Faults: `malformed`, `invalid`,
 * `business-rule`, `forbidden`, `version-conflict`.
 */
export async function update(
  edge: Edge,
  call: FhirCall,
  type: string,
  id: string,
  text: string,
): Promise<Answer> {
  const ifMatch = versionOf(single(call.headers['if-match']));
  const idempotencyKey = idempotencyKeyOf(single(call.headers['idempotency-key']));
  const { result, texts } = await edge.call(
    call,
    edge.ownerOf(type).resources.write,
    {
      method: 'update',
      type,
      id,
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
    { texts: [text] },
  );
  return written(call, result.created ? 201 : 200, result, texts[0]);
}

@Controller(fhirRoot)
export class UpdateInteraction {
  constructor(private readonly edge: Edge) {}

  @Put(':type/:id')
  async handle(@Req() request: FhirRequest<'type' | 'id'>, @Res() reply: FhirReply): Promise<void> {
    const { type, id } = request.params;
    const call = fhirCall(this.edge, request);
    this.edge.ownerOf(type);
    assertJsonBody(request.headers['content-type']);
    send(reply, await update(this.edge, call, type, id, await readBody(request.raw, resourceLimit(type))));
  }
}
