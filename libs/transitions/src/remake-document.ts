import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { directoryResources } from '#directory/contract';
import { encountersResources } from '#encounters/contract';
import { medicationsResources, readReconciliation, reconciliationIn } from '#medications/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { Messenger } from '#platform/messaging';
import { AskNeighbours } from './ask-neighbours.ts';
import { dischargeDocument, type DischargeDocument } from './domain/discharge-document.ts';
import type { DischargeFacts } from './domain/discharge-facts.ts';
import type { TransitionRules } from './domain/transition-rules.ts';
import type { Fact } from './domain/fact.ts';
import type { DischargeSource } from './store/discharge-sources.ts';

const sideBySide = 8;

const owners: Readonly<Record<string, typeof clinicalResources>> = {
  Patient: patientsResources,
  Practitioner: directoryResources,
  PractitionerRole: directoryResources,
  Organization: directoryResources,
  Location: directoryResources,
  Encounter: encountersResources,
  Appointment: encountersResources,
  Medication: medicationsResources,
  MedicationAdministration: medicationsResources,
  MedicationRequest: medicationsResources,
  MedicationStatement: medicationsResources,
};

/** Makes documents of what was known when they were made: their contexts still hold every version. */
@Injectable()
export class RemakeDocument {
  readonly #messenger: Messenger;
  readonly #ask: AskNeighbours;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(AskNeighbours) ask: AskNeighbours) {
    this.#messenger = messenger;
    this.#ask = ask;
  }

  /** Faults: `not-found` or `gone` when one of them was expunged, `forbidden` to whom may not read them. */
  async factsOf(caller: Caller, { sources, reconciliation }: DischargeSource): Promise<DischargeFacts> {
    const found: Fact[] = [];
    for (let from = 0; from < sources.length; from += sideBySide) {
      const some = sources.slice(from, from + sideBySide).map((source) => this.#read(caller, source));
      found.push(...(await Promise.all(some)));
    }
    const [encounter, ...others] = found;
    const { texts } =
      reconciliation === null
        ? { texts: [] }
        : await this.#messenger.call(caller, readReconciliation, { id: reconciliation });
    return {
      encounter: encounter!,
      patient: others.find(({ type }) => type === 'Patient'),
      others: others.filter(({ type }) => type !== 'Patient'),
      reconciliation: reconciliationIn(texts),
    };
  }

  make(facts: DischargeFacts, source: DischargeSource, rules: TransitionRules): DischargeDocument {
    return dischargeDocument(facts, { ...source.making, rules });
  }

  #read(caller: Caller, source: string): Promise<Fact> {
    const [type = '', id = '', , version] = source.split('/');
    const resources = owners[type] ?? clinicalResources;
    return this.#ask.readVersion(caller, resources, { type, id, version: Number(version) });
  }
}
