import type { FhirApi } from '../api/fhir-api.ts';

interface Entry {
  readonly resource: {
    readonly resourceType: string;
    readonly id: string;
    readonly issue?: readonly { readonly code?: string }[];
  };
}

interface Bundle {
  readonly total?: number;
  readonly entry?: readonly Entry[];
}

export const ada = 'demo-split-patient';
export const stay = 'demo-split-stay';

const subject = { reference: `Patient/${ada}`, display: 'Ada Example' };
const encounter = { reference: `Encounter/${stay}` };
const heparin = { text: 'Heparin 5000 units' };

/** What happens to the story's patient, and what the API tells of it. */
export class Ward {
  readonly api: FhirApi;
  /** `Type/id` of every write that was acknowledged. */
  readonly acknowledged: string[] = [];

  constructor(api: FhirApi) {
    this.api = api;
  }

  async admit(): Promise<void> {
    await this.put({
      resourceType: 'Patient',
      id: ada,
      name: [{ given: ['Ada'], family: 'Example' }],
      birthDate: '1950-03-01',
    });
    await this.put(this.#encounter('in-progress'));
    const code = { text: 'Pulmonary embolism' };
    await this.put({ resourceType: 'Condition', id: 'demo-split-diagnosis', subject, encounter, code });
  }

  async orderAndGive(): Promise<void> {
    const order = {
      id: 'demo-split-order',
      status: 'active',
      intent: 'order',
      authoredOn: '2026-11-01T08:00:00Z',
      encounter,
    };
    await this.put({
      resourceType: 'MedicationRequest',
      ...order,
      subject,
      medicationCodeableConcept: heparin,
    });
    await this.give('demo-split-first-dose', '2026-11-01T09:00:00Z');
  }

  async give(id: string, effectiveDateTime: string): Promise<void> {
    const given = { id, status: 'completed', effectiveDateTime, subject, context: encounter };
    await this.put({
      resourceType: 'MedicationAdministration',
      ...given,
      medicationCodeableConcept: heparin,
    });
  }

  async discharge(): Promise<string> {
    await this.put(this.#encounter('finished'));
    return 'Encounter is finished';
  }

  async put(
    resource: { readonly resourceType: string; readonly id: string } & Record<string, unknown>,
  ): Promise<void> {
    const key = `${resource.resourceType}/${resource.id}`;
    const response = await this.api.request('PUT', key, JSON.stringify(resource));
    if (!response.ok) throw new Error(`PUT ${key} was answered ${response.status}: ${await response.text()}`);
    await response.text();
    this.acknowledged.push(key);
  }

  async bundle(path: string): Promise<Bundle | undefined> {
    const response = await this.api.request('GET', path);
    const text = await response.text();
    return response.ok ? (JSON.parse(text) as Bundle) : undefined;
  }

  /** The history's lines, as `Type/id`, in order; undefined while it cannot be had. */
  async history(): Promise<string[] | undefined> {
    const bundle = await this.bundle(`Patient/${ada}/$medication-history`);
    const lines = bundle?.entry?.filter(({ resource }) => resource.resourceType !== 'List');
    return lines?.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
  }

  async documents(): Promise<readonly Entry[]> {
    const found = await this.bundle(`DocumentReference?encounter=Encounter/${stay}`);
    if (found === undefined) throw new Error('documents cannot be searched');
    return found.entry ?? [];
  }

  #encounter(status: 'in-progress' | 'finished') {
    const period = {
      start: '2026-11-01T07:30:00Z',
      ...(status === 'finished' ? { end: '2026-11-02T10:00:00Z' } : {}),
    };
    const kind = {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: 'IMP',
      display: 'inpatient encounter',
    };
    return { resourceType: 'Encounter', id: stay, status, class: kind, subject, period };
  }
}
