import { Inject, Injectable } from '@nestjs/common';
import { patientsResources, replacedBy } from '#patients/contract';
import type { Caller } from '#platform/access';
import { asFault, type Fields, fields } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { newPatient, newPatientId, patientIdentifiers } from '../domain/received-bundle.ts';

const longestChain = 16;
/** More patients than this with one of the identifiers are several, whichever they are. */
const mostMatches = 20;

/** Whose it is; or why that is for a person to say. */
export type FoundPatient = { readonly patient: string } | { readonly unmatched: string };

/** Finds the patient of another system among ours, by what both know the patient by. Ours is never changed by that. */
@Injectable()
export class FindPatient {
  readonly #messenger: Messenger;
  readonly #store: ResourceStore;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(ResourceStoreToken) store: ResourceStore) {
    this.#messenger = messenger;
    this.#store = store;
  }

  /** Makes the patient where nobody here has one of the identifiers. */
  async of(caller: Caller, foreign: Fields): Promise<FoundPatient> {
    const identifiers = patientIdentifiers(foreign);
    const id = newPatientId(identifiers);
    if (id === undefined)
      return { unmatched: 'The Bundle names no identifier of the patient with a system and a value.' };
    const search = {
      filters: [{ parameter: 'identifier', type: 'token' as const, values: [...identifiers] }],
      sort: [],
      count: mostMatches,
      total: 'none' as const,
    };
    const { texts } = await this.#messenger.call(caller, patientsResources.search, {
      type: 'Patient',
      search,
    });
    const found = await Promise.all(texts.map((text) => this.#survivor(caller, fields(JSON.parse(text)))));
    const [patient, another] = new Set(found);
    if (another !== undefined)
      return { unmatched: 'Several patients here have identifiers of the patient in the Bundle.' };
    return { patient: patient ?? (await this.#make(caller, id, foreign)) };
  }

  /** Where a patient leads who was merged into one who was merged into one … */
  async #survivor(caller: Caller, patient: Fields): Promise<string> {
    let at = patient;
    for (let step = 0; step < longestChain; step += 1) {
      const next = replacedBy(at, this.#store.localReference);
      if (next === undefined) break;
      const { texts } = await this.#messenger.call(caller, patientsResources.readMany, {
        references: [next],
      });
      if (texts[0] === undefined) break;
      at = fields(JSON.parse(texts[0]));
    }
    return String(at['id']);
  }

  async #make(caller: Caller, id: string, foreign: Fields): Promise<string> {
    try {
      await this.#messenger.call(
        caller,
        patientsResources.write,
        { method: 'update', type: 'Patient', id, ifMatch: 0 },
        { texts: [JSON.stringify(newPatient(id, foreign))] },
      );
    } catch (error) {
      // Somebody else brought the same news a moment before.
      if (asFault(error).kind !== 'version-conflict') throw error;
    }
    return id;
  }
}
