import type { HttpRequest } from './load.ts';
import { observation, patient } from './samples.ts';

/** What the workloads draw from: taken out of the loaded data, in a fixed order. */
export interface Population {
  readonly patients: readonly { readonly id: string; readonly family: string; readonly birthDate: string }[];
  /** The code that most Observations have, `system|code`. */
  readonly observationCode: string;
  /** Patients that an update may change: `[id]`. */
  readonly mutable: readonly string[];
}

export interface Workload {
  readonly name: string;
  /** CPU-ms, server and PostgreSQL together, at concurrency 8; per resource where a request holds several. */
  readonly budgetMs: number;
  readonly resourcesPerRequest?: number;
  readonly request: (population: Population, index: number) => HttpRequest;
}

const fhir = '/fhir/R4';
const json = { 'content-type': 'application/fhir+json' };

/** Visits the whole list in a scattered, repeatable order. */
function at<T>(list: readonly T[], index: number): T {
  return list[(index * 7919) % list.length] as T;
}

const transactionSize = 100;

function transaction(index: number): string {
  const fullUrl = `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const entry = [{ fullUrl, resource: patient(index), request: { method: 'POST', url: 'Patient' } }];
  const rest = Array.from({ length: transactionSize - 1 }, (_, position) => ({
    resource: observation(fullUrl, position),
    request: { method: 'POST', url: 'Observation' },
  }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [...entry, ...rest] });
}

const importSize = 500;

/** A collection as `septum import` sends it: a patient in fifty, the rest measurements of theirs; all of them new. */
function collection(index: number): string {
  const entry = Array.from({ length: importSize }, (_, position) => {
    const of = `bench-${index}-${Math.floor(position / 50)}`;
    const resource =
      position % 50 === 0
        ? { ...patient(position), id: of }
        : { ...observation(`Patient/${of}`, position), id: `bench-${index}-o${position}` };
    return { resource };
  });
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

export const workloads: readonly Workload[] = [
  {
    name: 'read Patient',
    budgetMs: 0.26,
    request: ({ patients }, index) => ({ method: 'GET', path: `${fhir}/Patient/${at(patients, index).id}` }),
  },
  {
    name: 'create Patient',
    budgetMs: 0.6,
    request: (_, index) => ({
      method: 'POST',
      path: `${fhir}/Patient`,
      headers: json,
      body: JSON.stringify(patient(index)),
    }),
  },
  {
    name: 'create Observation',
    budgetMs: 0.5,
    request: ({ patients }, index) => ({
      method: 'POST',
      path: `${fhir}/Observation`,
      headers: json,
      body: JSON.stringify(observation(`Patient/${at(patients, index).id}`, index)),
    }),
  },
  {
    name: 'update Patient',
    budgetMs: 0.8,
    request: ({ mutable }, index) => {
      const id = at(mutable, index);
      return {
        method: 'PUT',
        path: `${fhir}/Patient/${id}`,
        headers: json,
        body: JSON.stringify({ ...patient(index), id }),
      };
    },
  },
  {
    name: 'search Patient by family and birthdate',
    budgetMs: 0.4,
    request: ({ patients }, index) => {
      const { family, birthDate } = at(patients, index);
      return {
        method: 'GET',
        path: `${fhir}/Patient?family=${encodeURIComponent(family)}&birthdate=${birthDate}`,
      };
    },
  },
  {
    name: 'search Observation, patient and code, newest 20',
    budgetMs: 0.6,
    request: ({ patients, observationCode }, index) => ({
      method: 'GET',
      path: `${fhir}/Observation?patient=${at(patients, index).id}&code=${encodeURIComponent(observationCode)}&_sort=-date&_count=20`,
    }),
  },
  {
    name: '_include',
    budgetMs: 0.9,
    request: ({ patients }, index) => ({
      method: 'GET',
      path: `${fhir}/MedicationRequest?patient=${at(patients, index).id}&_include=MedicationRequest:subject&_count=20`,
    }),
  },
  {
    name: '_revinclude',
    budgetMs: 0.9,
    request: ({ patients }, index) => ({
      method: 'GET',
      path: `${fhir}/Patient?_id=${at(patients, index).id}&_revinclude=Encounter:subject`,
    }),
  },
  {
    name: '$everything',
    budgetMs: 4,
    request: ({ patients }, index) => ({
      method: 'GET',
      path: `${fhir}/Patient/${at(patients, index).id}/$everything`,
    }),
  },
  {
    name: `transaction of ${transactionSize}`,
    budgetMs: 0.25,
    resourcesPerRequest: transactionSize,
    request: (_, index) => ({ method: 'POST', path: fhir, headers: json, body: transaction(index) }),
  },
  {
    name: `$import of ${importSize}`,
    // Two cores for 5,000 resources a second.
    budgetMs: 0.4,
    resourcesPerRequest: importSize,
    request: (_, index) => ({
      method: 'POST',
      path: `${fhir}/$import`,
      headers: json,
      body: collection(index),
    }),
  },
  {
    name: 'read MedicationRequest by patient (the context that moves out)',
    budgetMs: 0.6,
    request: ({ patients }, index) => ({
      method: 'GET',
      path: `${fhir}/MedicationRequest?patient=${at(patients, index).id}&_count=20`,
    }),
  },
];
