import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Caller } from '#platform/access';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  startEmbedded,
  type OpenContextDatabase,
} from '#platform/database';
import { createResourceStore, storeMigrations, type ResourceStore, type StoreOptions } from '#platform/store';

/** A store of a context named `clinical` on a PostgreSQL of its own, for one spec file. */
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
  const dataDir = await mkdtemp(path.join(tmpdir(), 'septum-store-'));
  const embedded = await startEmbedded({ dataDir });
  await provision(embedded.url, ['clinical']);
  await migrate(embedded.url, 'clinical', [...storeMigrations]);
  const database = openContextDatabase({ url: partUrl(embedded.url, 'clinical'), context: 'clinical' });
  const open = (options: Partial<StoreOptions> = {}): ResourceStore =>
    createResourceStore({ database, types, hashKey: 'a key for these specs only', ...options });
  return {
    adminUrl: embedded.url,
    database,
    store: open(),
    open,
    async close() {
      await database.close();
      await embedded.stop();
      await rm(embedded.directory, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
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
