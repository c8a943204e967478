// https://hl7.org/fhir/R4/http.html#read
import { Controller, Get, Req, Res } from '@nestjs/common';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { isUnchanged } from '../http/conditions.ts';
import { fhirCall, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';

/** The current version of one resource. Faults: `not-found`, `gone`, `forbidden`. */
export async function read(edge: Edge, call: FhirCall, type: string, id: string): Promise<Answer> {
  const { result, texts } = await edge.call(call, edge.ownerOf(type).resources.read, { type, id });
  const { version, lastUpdated } = result;
  if (isUnchanged(single(call.headers['if-none-match']), version))
    return { status: 304, version, lastUpdated };
  return { status: 200, text: texts[0] ?? '', version, lastUpdated };
}

@Controller(fhirRoot)
export class ReadInteraction {
  constructor(private readonly edge: Edge) {}

  @Get(':type/:id')
  async handle(@Req() request: FhirRequest<'type' | 'id'>, @Res() reply: FhirReply): Promise<void> {
    const { type, id } = request.params;
    send(reply, await read(this.edge, fhirCall(this.edge, request), type, id));
  }
}
