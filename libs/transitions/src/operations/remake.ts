// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { hash } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { Fault, splitResource } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import { InvokeOperation, operation } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { RemakeDocument } from '../remake-document.ts';
import { RulesInForce } from '../rules-in-force.ts';
import { DischargeSources } from '../store/discharge-sources.ts';

export const remake = operation('transitions', {
  name: 'remake',
  level: 'instance',
  type: 'Composition',
  readOnly: true,
  documentation:
    'Makes a discharge summary anew from its rule pack and the versions it was made of, and compares; nothing is written.',
});

/**
 * `GET Composition/[id]/$remake` answers Parameters: `bundle` (the version that was compared), `rules`, `sources` (how many versions it was made of), `equal`, and the SHA-256 of both contents, `stored` and `remade`.
 * Faults: `forbidden` without the scopes to read Composition, Bundle and what it was made of; `not-found` when the document
 * was not made here, or what it was made of was expunged.
 */
@Controller()
export class RemakeOperation {
  constructor(
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
    @Inject(DischargeSources) private readonly sources: DischargeSources,
    @Inject(RemakeDocument) private readonly documents: RemakeDocument,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
  ) {}

  @Handles(remake.contract)
  async remake(caller: Caller, { id }: InvokeOperation): Promise<Reply<object>> {
    assertScope(caller, 'Composition', 'r');
    const source = await this.sources.ofComposition(caller, String(id));
    if (source === undefined)
      throw new Fault(
        'not-found',
        'No document with this Composition was made here, or this caller may not see it.',
      );
    const { bundle, version } = source;
    const { texts } = await this.store.read(caller, { type: 'Bundle', id: bundle, version });
    const rules = await this.rules.ofPack(source.rules);
    const facts = await this.documents.factsOf(caller, source);
    const stored = splitResource(texts[0]!).content;
    const remade = splitResource(this.documents.make(facts, source, rules).bundle.text).content;
    const parameter = [
      { name: 'bundle', valueString: `Bundle/${bundle}/_history/${version}` },
      { name: 'rules', valueString: source.rules },
      { name: 'sources', valueUnsignedInt: source.sources.length },
      { name: 'equal', valueBoolean: stored === remade },
      { name: 'stored', valueString: hash('sha256', stored) },
      { name: 'remade', valueString: hash('sha256', remade) },
    ];
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}
