// https://hl7.org/fhir/R4/http.html#delete
import { Controller, Delete, Req, Res } from '@nestjs/common';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { preferredReturn, versionOf } from '../http/conditions.ts';
import { fhirCall, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { successText } from '../http/outcome.ts';

/** Ends a resource; its versions stay. What is gone already, or never was, counts as deleted. */
export async function remove(edge: Edge, call: FhirCall, type: string, id: string): Promise<Answer> {
  const ifMatch = versionOf(single(call.headers['if-match']));
  const { result } = await edge.call(call, edge.ownerOf(type).resources.write, {
    method: 'delete',
    type,
    id,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
  const head = result.version > 0 ? { version: result.version, lastUpdated: result.lastUpdated } : {};
  if (preferredReturn(single(call.headers.prefer)) === 'OperationOutcome') {
    return { status: 200, ...head, text: successText('Deleted.') };
  }
  return { status: 204, ...head };
}

@Controller(fhirRoot)
export class DeleteInteraction {
  constructor(private readonly edge: Edge) {}

  @Delete(':type/:id')
  async handle(@Req() request: FhirRequest<'type' | 'id'>, @Res() reply: FhirReply): Promise<void> {
    const { type, id } = request.params;
    send(reply, await remove(this.edge, fhirCall(this.edge, request), type, id));
  }
}
