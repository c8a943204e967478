import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Messenger, type CallScope } from '#platform/messaging';
import { OutboundHttp } from '#platform/outbound';
import type { Resource } from '#platform/store';
import { patientsResources } from '#patients/contract';
import { searchableIdentifiers } from './domain/searchable-identifiers.ts';
import { missingBy, OneServer, type ForeignLines } from './one-server.ts';

/** What the declared partners of kind `fhir` hold of a patient's medications. */
@Injectable()
export class OtherServers {
  readonly #messenger: Messenger;
  readonly #outbound: OutboundHttp;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(OutboundHttp) outbound: OutboundHttp) {
    this.#messenger = messenger;
    this.#outbound = outbound;
  }

  /** Asks all at once for the types. One that fails, or does not know the patient surely, is missing, and no fault. */
  async of(
    caller: Caller,
    patient: string,
    types: readonly string[],
    within: CallScope,
  ): Promise<ForeignLines> {
    const partners = this.#outbound.partners.of('fhir');
    if (partners.length === 0 || types.length === 0) return { resources: [], missing: [] };
    try {
      const identifiers = await this.#identifiersOf(caller, patient, within);
      const answers = await Promise.all(
        partners.map((partner) =>
          new OneServer(caller, patient, within, this.#outbound, partner).ask(identifiers, types),
        ),
      );
      return {
        resources: answers.flatMap(({ resources }) => resources),
        missing: answers.flatMap(({ missing }) => missing),
      };
    } catch (error) {
      return { resources: [], missing: partners.map(({ name }) => missingBy(name, error)) };
    }
  }

  async #identifiersOf(caller: Caller, patient: string, within: CallScope): Promise<string> {
    if (!hasScope(caller, 'Patient', 'r'))
      throw new Fault(
        'forbidden',
        'the scopes of this token do not allow to read the patient’s identifiers.',
      );
    const { texts } = await this.#messenger.call(
      caller,
      patientsResources.read,
      { type: 'Patient', id: patient },
      { within },
    );
    const identifiers = searchableIdentifiers(JSON.parse(texts[0] ?? '{}') as Resource);
    if (identifiers === '')
      throw new Fault('not-found', 'the patient has no identifier here by which to ask for them there.');
    return identifiers;
  }
}
