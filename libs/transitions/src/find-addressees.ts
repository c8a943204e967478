import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { directoryResources } from '#directory/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { all } from '#platform/fhir';
import { resourceContracts } from '#platform/store';
import { AskNeighbours, isOneOf, refersTo } from './ask-neighbours.ts';
import type { Hindrance } from './domain/communication.ts';
import { type Fact } from './domain/fact.ts';
import { objects } from './domain/privacy-preference.ts';
import {
  addresseesOf,
  candidatesOf,
  type Addressee,
  type Candidate,
  type Content,
} from './domain/recipients.ts';
import type { RecipientKind } from './domain/transition-rules.ts';
import { careGivers } from './gather-directory.ts';

const privacyResources = resourceContracts('privacy');
const inDirectory = ['Practitioner', 'PractitionerRole', 'Organization', 'Location'];

/** One to be told, or one who cannot or may not be, and why. */
export interface FoundAddressee {
  readonly addressee: Addressee | undefined;
  readonly hindrance: Hindrance | undefined;
}

/** Finds out who has to be told of a stay, where they are reached, and whether the patient objects. */
@Injectable()
export class FindAddressees {
  readonly #ask: AskNeighbours;

  constructor(@Inject(AskNeighbours) ask: AskNeighbours) {
    this.#ask = ask;
  }

  /**
   * Never empty: where there is nobody to tell, that is what is found.
   *
   * @throws Fault `unavailable` or `timeout` when a context does not answer that may know of somebody, or of an objection.
   */
  async of(
    caller: Caller,
    stay: { readonly encounter: Fact; readonly patient: Fact | undefined },
    what: { readonly content: Content; readonly recipients: readonly RecipientKind[] },
    at: number,
  ): Promise<readonly FoundAddressee[]> {
    const { encounter, patient } = stay;
    if (patient === undefined) return [{ addressee: undefined, hindrance: 'no-patient' }];
    const records = await this.#ask.recordsOf(caller, `Patient/${patient.id}`);
    const ofPerson = [refersTo('patient', ...records), isOneOf('status', 'active')];
    const [patients, careTeams, consents] = await Promise.all([
      records.length === 1 ? [patient] : this.#inOrder(caller, records),
      this.#ask.search(caller, clinicalResources, 'CareTeam', ofPerson),
      this.#ask.search(caller, privacyResources, 'Consent', ofPerson),
    ]);
    const local = this.#ask.localReference;
    const candidates = candidatesOf(patients, encounter, careTeams, { at, local }).filter(({ kind }) =>
      what.recipients.includes(kind),
    );
    const directory = await this.#directory(caller, candidates);
    const treating = this.#ask.local(
      careGivers(encounter),
      'Practitioner',
      'PractitionerRole',
      'Organization',
    );
    const found = addresseesOf(candidates, directory, treating, local, what.content).map((addressee) => {
      const isRefused = objects(consents, addressee.known, at, local);
      return { addressee, hindrance: isRefused ? 'objection' : withoutEndpoint(addressee) } as const;
    });
    return found.length > 0 ? found : [{ addressee: undefined, hindrance: 'no-recipient' }];
  }

  async #inOrder(caller: Caller, records: readonly string[]): Promise<readonly Fact[]> {
    const found = await this.#ask.read(caller, patientsResources, records);
    return records.flatMap((record) => found.find(({ type, id }) => `${type}/${id}` === record) ?? []);
  }

  /** The candidates with what leads to their Endpoints: their roles, what these and places belong to, and what that belongs to. */
  async #directory(caller: Caller, candidates: readonly Candidate[]): Promise<ReadonlyMap<string, Fact>> {
    const found = new Map<string, Fact>();
    const add = (facts: readonly Fact[]) => facts.forEach((one) => found.set(`${one.type}/${one.id}`, one));
    const read = async (references: readonly unknown[], ...types: readonly string[]) => {
      const wanted = this.#ask.local(references, ...types).filter((each) => !found.has(each));
      add(await this.#ask.read(caller, directoryResources, wanted));
    };
    const own = candidates.flatMap(({ reference, onBehalfOf }) => [{ reference }, { reference: onBehalfOf }]);
    const people = this.#ask.local(own, 'Practitioner');
    const [roles] = await Promise.all([
      people.length === 0
        ? []
        : this.#ask.search(caller, directoryResources, 'PractitionerRole', [
            refersTo('practitioner', ...people),
          ]),
      read(own, ...inDirectory),
    ]);
    add(roles);
    const above = () =>
      [...found.values()].flatMap(({ type, fields }) => [
        fields['organization'],
        fields['managingOrganization'],
        ...(type === 'Organization' ? [fields['partOf']] : []),
      ]);
    await read(above(), 'Organization');
    await read(above(), 'Organization');
    const endpoints = [...found.values()].flatMap(({ fields }) => all(fields['endpoint']));
    await read(endpoints, 'Endpoint');
    return found;
  }
}

function withoutEndpoint({ endpoint }: Addressee): Hindrance | undefined {
  return endpoint === undefined ? 'no-endpoint' : undefined;
}
