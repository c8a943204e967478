// https://hl7.org/fhir/R4/http.html#transaction
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { childTrace } from '#platform/messaging';
import { Fault, sliceBundle } from '#platform/fhir';
import { Edge } from '../edge.ts';
import { send } from '../http/answer.ts';
import { fhirCall } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { assertJsonBody } from '../http/negotiate.ts';
import { bodyLimits, readBody } from '../http/read-body.ts';
import { batch } from './batch.ts';
import { transaction } from './transaction.ts';

/** A Bundle sent to the base: its type says whether its entries stand or fall together. */
@Controller(fhirRoot)
export class BundleController {
  constructor(private readonly edge: Edge) {}

  @Post()
  @HttpCode(200)
  async handle(@Req() request: FhirRequest, @Res() reply: FhirReply): Promise<void> {
    const received = fhirCall(this.edge, request);
    // All entries belong to one trace, also when the client began none.
    const call = { ...received, traceparent: childTrace(received.traceparent) };
    assertJsonBody(request.headers['content-type']);
    const text = await readBody(request.raw, bodyLimits.bundle);
    const bundle = sliceBundle(text);
    if (bundle.type === 'batch') return send(reply, await batch(this.edge, call, bundle));
    if (bundle.type === 'transaction') return send(reply, await transaction(this.edge, call, bundle, text));
    throw new Fault(
      'malformed',
      'A Bundle sent to the base has the type batch or transaction. To store it, POST it to Bundle.',
    );
  }
}
