import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { encountersResources } from '#encounters/contract';
import { assertScope, hasScope, type Caller } from '#platform/access';
import { asFault, Fault, fields, words } from '#platform/fhir';
import { Messenger, type CallScope } from '#platform/messaging';
import { ResourceStoreToken, type LocalReference, type Resource, type ResourceStore } from '#platform/store';
import { drugTable, emptyDrugTable, type DrugTable } from './domain/drug-table.ts';
import { codesOf } from './domain/element.ts';
import type { ReconciledStay } from './domain/findings.ts';
import { moment, therapyLine, type LineSource } from './domain/therapy-line.ts';
import { worksheet, type Worksheet } from './domain/worksheet.ts';
import { suppressed, type MissingSource } from './missing-source.ts';
import type { ForeignResource } from './one-server.ts';
import { OtherServers } from './other-servers.ts';
import { ofPatients, OwnLines, type OwnResource } from './own-lines.ts';
import { PatientRecords } from './patient-records.ts';
import { Reconciliations } from './store/reconciliations.ts';

/** The stay whose medications are reconciled. */
export interface Stay {
  /** Ids. */
  readonly encounter: string;
  readonly patient: string;
  readonly reconciled: ReconciledStay;
  /** How many reconciliations of it there are already. */
  readonly reconciliations: number;
}

export interface GatheredWorksheet {
  readonly worksheet: Worksheet;
  readonly stay: Stay;
  readonly missing: readonly MissingSource[];
}

const mostAllergies = 1_000;

/** Makes the worksheet of a stay from all sources that can be asked; those that cannot are named in it. */
@Injectable()
export class GatherWorksheet {
  readonly #messenger: Messenger;
  readonly #localReference: LocalReference;
  readonly #own: OwnLines;
  readonly #others: OtherServers;
  readonly #records: PatientRecords;
  readonly #reconciliations: Reconciliations;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
    @Inject(OwnLines) own: OwnLines,
    @Inject(OtherServers) others: OtherServers,
    @Inject(PatientRecords) records: PatientRecords,
    @Inject(Reconciliations) reconciliations: Reconciliations,
  ) {
    this.#messenger = messenger;
    this.#localReference = localReference;
    this.#own = own;
    this.#others = others;
    this.#records = records;
    this.#reconciliations = reconciliations;
  }

  /** Faults: `not-found` for an encounter that is not there for this caller; `business-rule` without a patient here. */
  async stayOf(caller: Caller, encounter: string, within: CallScope): Promise<Stay> {
    // Orders are what a reconciliation is about: without them there is none.
    assertScope(caller, 'MedicationRequest', 's');
    const read = { type: 'Encounter', id: encounter };
    const { texts } = await this.#messenger.call(caller, encountersResources.read, read, { within });
    const { subject, status, period } = fields(JSON.parse(texts[0] ?? '{}'));
    const [type, patient] = (this.#localReference(fields(subject)['reference']) ?? '').split('/');
    if (
      type !== 'Patient' ||
      patient === undefined ||
      status === 'entered-in-error' ||
      status === 'cancelled'
    ) {
      throw new Fault(
        'business-rule',
        'Medications are reconciled in a stay of a patient of this installation. This encounter names none, or did not take place.',
      );
    }
    const earlier = await this.#reconciliations.of(caller, encounter);
    const { start, end } = fields(period);
    const span = { start: moment(start) ?? -Infinity, end: moment(end) ?? Infinity };
    const ended = earlier.flatMap((each) => each.ended);
    const reconciled = { encounter: `Encounter/${encounter}`, span, ended };
    return { encounter, patient, reconciled, reconciliations: earlier.length };
  }

  async worksheetOf(caller: Caller, stay: Stay, within: CallScope): Promise<GatheredWorksheet> {
    const { patient } = stay;
    const kept = this.#own.suppressedFor(caller);
    const types = ['MedicationRequest', 'MedicationDispense', 'MedicationStatement'];
    const asked = types.filter((type) => !kept.includes(type));
    const { records, missing: otherRecords } = await this.#records.of(caller, patient, within);
    const [own, foreign, allergies] = await Promise.all([
      this.#own.of(caller, records, within),
      this.#others.of(caller, patient, asked, within),
      this.#allergies(caller, records, within),
    ]);
    const references = own
      .map(({ resource }) => this.#medicationOf(resource))
      .filter((each) => each !== undefined);
    const medications = await this.#own.medications(caller, references, within);
    const sources = [
      ...own.map((each) => this.#ownSource(each, medications)),
      ...foreign.resources.map(foreignSource),
    ];
    const table = await this.#drugTable(caller, sources, within);
    const lines = sources.map((source) => therapyLine(source, table)).filter((line) => line !== undefined);
    const unread = ['Medication', 'Patient'].filter((type) => !hasScope(caller, type, 'r'));
    const missing = [
      ...suppressed([...kept, ...unread], 'worksheet'),
      ...otherRecords,
      ...foreign.missing,
      ...allergies.missing,
    ];
    const made = worksheet(
      { lines, allergies: allergies.found, missing: missing.map(({ source }) => source) },
      stay.reconciled,
    );
    return { worksheet: made, stay, missing };
  }

  #medicationOf(resource: Resource): string | undefined {
    const reference = this.#localReference(fields(resource['medicationReference'])['reference']);
    return reference?.startsWith('Medication/') ? reference : undefined;
  }

  #ownSource(
    { resource, version, text }: OwnResource,
    medications: ReadonlyMap<string, Resource>,
  ): LineSource {
    return {
      resource,
      text,
      version: String(version),
      resolve: this.#localReference,
      medication: medications.get(this.#medicationOf(resource) ?? ''),
    };
  }

  async #allergies(
    caller: Caller,
    records: readonly string[],
    within: CallScope,
  ): Promise<{ found: readonly Resource[]; missing: readonly MissingSource[] }> {
    const type = 'AllergyIntolerance';
    if (!hasScope(caller, type, 's')) return { found: [], missing: suppressed([type], 'worksheet') };
    const search = { filters: [ofPatients(records)], sort: [], count: mostAllergies, total: 'none' as const };
    try {
      const { texts } = await this.#messenger.call(
        caller,
        clinicalResources.search,
        { type, search },
        { within },
      );
      return { found: texts.map((text) => JSON.parse(text) as Resource), missing: [] };
    } catch (error) {
      const { kind, message } = asFault(error);
      if (kind !== 'unavailable' && kind !== 'timeout') throw error;
      const says = `Without allergies, so that no conflict with one is found: ${message}`;
      return { found: [], missing: [{ source: type, code: 'transient', says }] };
    }
  }

  /** What was loaded on the drugs of these lines, as MedicationKnowledge. */
  async #drugTable(caller: Caller, sources: readonly LineSource[], within: CallScope): Promise<DrugTable> {
    const type = 'MedicationKnowledge';
    const codes = new Set(
      sources.flatMap(({ resource, medication }) =>
        [resource['medicationCodeableConcept'], medication?.['code']].flatMap(codesOf),
      ),
    );
    if (codes.size === 0 || !hasScope(caller, type, 's')) return emptyDrugTable;
    const values = [...codes].map((each) => {
      const at = each.indexOf('|');
      return { system: each.slice(0, at), value: each.slice(at + 1) };
    });
    const found = await this.#own.search(
      caller,
      type,
      [{ parameter: 'code', type: 'token', values }],
      within,
    );
    return drugTable(found.map(({ resource }) => resource));
  }
}

function foreignSource({ resource, text, url, server, medication }: ForeignResource): LineSource {
  const base = url.slice(0, -`${String(resource['resourceType'])}/${String(resource['id'])}`.length);
  const { versionId, lastUpdated } = fields(resource['meta']);
  return {
    resource,
    text,
    url,
    keeper: server,
    version: words(versionId) ?? words(lastUpdated) ?? text,
    resolve: (reference) => {
      const written = words(reference);
      return written === undefined || written.includes(':') ? written : `${base}${written}`;
    },
    medication,
  };
}
