import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { parseSearch } from '#platform/fhir';
import { clinician, observation, openStore, patientCaller, type StoreHouse } from './open-store.ts';

let house: StoreHouse;

beforeAll(async () => {
  house = await openStore();
  for (const [id, of] of Object.entries({ o1: 'p1', o2: 'p2', o3: 'p3' }))
    await house.store.write(clinician, { method: 'create', type: 'Observation', id }, observation(of));
});
afterAll(() => house.close());

/** What was recorded while this was done. */
async function recorded(work: () => Promise<unknown>) {
  const last = await house.database.query<{ position: number }>('*', {
    text: 'SELECT max(position) AS position FROM audit',
  });
  await work();
  return house.database.query('*', {
    text: `SELECT action, type, id, count, patients::text, subject, client, purpose, detail FROM audit
      WHERE position > $1 ORDER BY position`,
    values: [last[0]!.position],
  });
}

const searchFor = (pairs: [string, string][], store = house.store, caller = clinician) =>
  store.search(caller, { type: 'Observation', search: parseSearch('Observation', pairs) });

const who = { subject: 'client/ward', client: null, purpose: 'TREAT' };

describe('the record of a search', () => {
  it('counts the page that leaves and names its patients, not those of the page after', async () => {
    const rows = await recorded(() =>
      searchFor([
        ['code', '8867-4'],
        ['_count', '2'],
      ]),
    );
    expect(rows).toEqual([
      {
        ...who,
        action: 'E',
        type: 'Observation',
        id: null,
        count: 2,
        patients: '{p1,p2}',
        detail: 'code=8867-4',
      },
    ]);
  });

  it('is made when nothing is found, and of one that gathers, then walks, but once', async () => {
    expect(await recorded(() => searchFor([['code', 'none']]))).toEqual([
      expect.objectContaining({ count: 0, patients: '{}', detail: 'code=none' }),
    ]);
    const walking = house.open({ gatherLimit: 1 });
    expect(await recorded(() => searchFor([['code', '8867-4']], walking))).toEqual([
      expect.objectContaining({ count: 3, patients: '{p1,p2,p3}' }),
    ]);
    expect(await recorded(() => searchFor([['_summary', 'count']]))).toEqual([
      expect.objectContaining({ count: 0, patients: '{}' }),
    ]);
  });

  it('names what a confined caller was shown', async () => {
    const rows = await recorded(() => searchFor([['code', '8867-4']], house.store, patientCaller('p2')));
    expect(rows).toEqual([
      expect.objectContaining({ subject: 'Patient/p2', client: 'client/ward', count: 1, patients: '{p2}' }),
    ]);
  });
});

describe('the record of a disclosure', () => {
  it('names the recipient and the patients, and nobody who is none', async () => {
    const disclosure = { action: 'R', type: 'Observation', count: 2, detail: 'to city by asking' } as const;
    const patients = ['p1', 'p2', 'p1', 'no,id', '}'];
    expect(
      await recorded(() => house.store.recordDisclosure(clinician, { ...disclosure, patients })),
    ).toEqual([{ ...who, ...disclosure, id: null, patients: '{p1,p2}' }]);
  });
});

describe('the record of a read of several, and of a compartment', () => {
  it('names what was there', async () => {
    const references = ['Observation/o3', 'Observation/none', 'Observation/o1'];
    expect(await recorded(() => house.store.readMany(clinician, { references }))).toEqual([
      {
        ...who,
        action: 'R',
        type: 'Observation',
        id: null,
        count: 2,
        patients: '{p1,p3}',
        detail: references.join(),
      },
    ]);
    expect(await recorded(() => house.store.compartment(clinician, { patient: 'p2', count: 10 }))).toEqual([
      { ...who, action: 'E', type: 'Patient', id: 'p2', count: 1, patients: '{p2}', detail: 'compartment' },
    ]);
    expect(await recorded(() => house.store.compartment(clinician, { patient: 'none', count: 10 }))).toEqual(
      [],
    );
  });
});

it('nothing is answered that cannot be recorded', async () => {
  const admin = new Client({ connectionString: house.adminUrl });
  await admin.connect();
  await admin.query('REVOKE INSERT ON clinical.audit FROM septum_clinical');
  const refused = { kind: 'forbidden' };
  try {
    await expect(searchFor([['code', '8867-4']])).rejects.toMatchObject(refused);
    await expect(searchFor([])).rejects.toMatchObject(refused);
    await expect(house.store.readMany(clinician, { references: ['Observation/o1'] })).rejects.toMatchObject(
      refused,
    );
    await expect(house.store.compartment(clinician, { patient: 'p1', count: 1 })).rejects.toMatchObject(
      refused,
    );
    await expect(house.store.read(clinician, { type: 'Observation', id: 'o1' })).rejects.toMatchObject(
      refused,
    );
  } finally {
    await admin.query('GRANT INSERT ON clinical.audit TO septum_clinical');
    await admin.end();
  }
  expect((await searchFor([['code', '8867-4']])).result.matches).toHaveLength(3);
});
