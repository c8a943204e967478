import { Inject, Injectable } from '@nestjs/common';
import { patientLookup, personRecords } from '#patients/contract';
import { hasScope, type Caller } from '#platform/access';
import { asFault } from '#platform/fhir';
import { Messenger, type CallScope } from '#platform/messaging';
import { ResourceStoreToken, type LocalReference, type ResourceStore } from '#platform/store';
import type { MissingSource } from './missing-source.ts';

/** The records, as `Patient/<id>`, under which a patient's medications may stand. */
export interface KnownRecords {
  readonly records: readonly string[];
  readonly missing: readonly MissingSource[];
}

/** The lines of the record that was asked for are there without it: nobody waits longer for it. */
const timeLimitMs = 2_000;

/** Which records are the same patient's: what was recorded before a merge stays under the old one. */
@Injectable()
export class PatientRecords {
  readonly #messenger: Messenger;
  readonly #localReference: LocalReference;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
  ) {
    this.#messenger = messenger;
    this.#localReference = localReference;
  }

  /** Without the scope to read Patient, the one that was asked for: who asks says that Patient is missing. */
  async of(caller: Caller, patient: string, within: CallScope): Promise<KnownRecords> {
    const asked = `Patient/${patient}`;
    if (!hasScope(caller, 'Patient', 'r')) return { records: [asked], missing: [] };
    const deadline = Math.min(within.deadline, Date.now() + timeLimitMs);
    const lookup = patientLookup(this.#messenger, caller, this.#localReference, { within, deadline });
    try {
      const records = await personRecords(asked, lookup);
      return { records, missing: keptFrom(caller, records, asked) };
    } catch (error) {
      const { kind, message } = asFault(error);
      if (kind !== 'unavailable' && kind !== 'timeout') throw error;
      const says = `Without what stands under other records of this patient, if any were merged: ${message}`;
      return { records: [asked], missing: [{ source: 'Patient', code: 'transient', says }] };
    }
  }
}

/** A token for one of the records sees the lines of that one alone, and has to be told that there are others. */
function keptFrom({ patients }: Caller, records: readonly string[], asked: string): MissingSource[] {
  const kept = records.filter(
    (record) => record !== asked && patients?.includes(record.slice('Patient/'.length)) === false,
  );
  if (kept.length === 0) return [];
  const says = `Without what stands under ${kept.join(', ')}, merged with this patient: this token is for other patients. Ask for one that names them too.`;
  return [{ source: 'Patient', code: 'suppressed', says }];
}
