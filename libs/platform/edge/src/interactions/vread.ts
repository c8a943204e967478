// https://hl7.org/fhir/R4/http.html#vread
import { Controller, Get, Req, Res } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { fhirCall } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';

/** One version of one resource. Faults: `not-found`, `gone` when that version is a deletion. */
export async function vread(
  edge: Edge,
  call: FhirCall,
  type: string,
  id: string,
  version: string,
): Promise<Answer> {
  const owner = edge.ownerOf(type);
  if (!/^[1-9]\d{0,8}$/.test(version))
    throw new Fault('not-found', 'There is no such version: versions are 1, 2, 3 …');
  const { result, texts } = await edge.call(call, owner.resources.read, {
    type,
    id,
    version: Number(version),
  });
  return { status: 200, text: texts[0] ?? '', version: result.version, lastUpdated: result.lastUpdated };
}

@Controller(fhirRoot)
export class VreadInteraction {
  constructor(private readonly edge: Edge) {}

  @Get(':type/:id/_history/:version')
  async handle(
    @Req() request: FhirRequest<'type' | 'id' | 'version'>,
    @Res() reply: FhirReply,
  ): Promise<void> {
    const { type, id, version } = request.params;
    send(reply, await vread(this.edge, fhirCall(this.edge, request), type, id, version));
  }
}
