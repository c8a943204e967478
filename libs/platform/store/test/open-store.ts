import type { Caller } from '#platform/access';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  type OpenContextDatabase,
} from '#platform/database';
import { createResourceStore, storeMigrations, type ResourceStore, type StoreOptions } from '#platform/store';
import { openHouseDatabase } from '#platform/testing';

/** A store of a context named `clinical` on a database of its own, for one spec file. */
export interface StoreHouse {
  readonly adminUrl: string;
  readonly database: OpenContextDatabase;
  readonly store: ResourceStore;
  /** Another store on the same tables, as another process has one. */
  open(options?: Partial<StoreOptions>): ResourceStore;
  close(): Promise<void>;
}

const types = [
  'Patient',
  'Practitioner',
  'Observation',
  'Condition',
  'Encounter',
  'RiskAssessment',
  'ValueSet',
];

export async function openStore(): Promise<StoreHouse> {
  const house = await openHouseDatabase({ migrated: false });
  await provision(house.url, ['clinical']);
  await migrate(house.url, 'clinical', [...storeMigrations]);
  const database = openContextDatabase({ url: partUrl(house.url, 'clinical'), context: 'clinical' });
  const open = (options: Partial<StoreOptions> = {}): ResourceStore =>
    createResourceStore({ database, types, hashKey: 'a key for these specs only', ...options });
  return {
    adminUrl: house.url,
    database,
    store: open(),
    open,
    async close() {
      await database.close();
      await house.drop();
    },
  };
}

export const clinician: Caller = Object.freeze({
  subject: 'client/ward',
  kind: 'client',
  client: 'client/ward',
  scopes: ['system/*.cruds'],
  purposeOfUse: 'TREAT',
  breakGlass: false,
});

/** A caller confined to one patient. */
export function patientCaller(id: string): Caller {
  return Object.freeze({
    ...clinician,
    subject: `Patient/${id}`,
    kind: 'user',
    scopes: ['patient/*.cruds'],
    patients: [id],
  });
}

export function patient(family: string, more: object = {}): string {
  return JSON.stringify({ resourceType: 'Patient', name: [{ family }], ...more });
}

export function observation(patientId: string, more: object = {}): string {
  return JSON.stringify({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${patientId}` },
    ...more,
  });
}
