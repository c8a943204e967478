import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemCaller } from '#platform/access';
import type { WriteResource } from '#platform/store';
import { clinician, openStore, patient, patientCaller, type StoreHouse } from './open-store.ts';

let house: StoreHouse;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const septum = systemCaller('clinical');
const write = (request: WriteResource, text?: string) => house.store.write(clinician, request, text);
const read = (id: string) => house.store.read(clinician, { type: 'Patient', id });

describe('what a part makes itself', () => {
  const id = () => house.store.ownId('made', 'of', 'this');
  const own = (more = {}) => patient('Own', { id: id(), ...more });
  const update = (at = id()) => ({ method: 'update', type: 'Patient', id: at }) as const;
  const refused = { kind: 'forbidden', message: expect.stringContaining('under another id') };
  const transact = (...requests: WriteResource[]) =>
    house.database.transact('*', (transaction) =>
      house.store.writeIn(
        transaction,
        clinician,
        requests.map((request) => ({ request, text: own() })),
      ),
    );

  it('has the same id each time, and is written by Septum alone, whatever is there', async () => {
    expect(id()).toBe(house.open().ownId('made', 'of', 'this'));
    await expect(write(update(), own())).rejects.toMatchObject(refused);
    await house.store.write(septum, update(), own());
    await expect(write(update(), own({ birthDate: '1970-01-01' }))).rejects.toMatchObject(refused);
    await expect(write({ ...update(), method: 'create' }, own())).rejects.toMatchObject(refused);
    await expect(write({ ...update(), method: 'delete' })).rejects.toMatchObject(refused);
    await expect(transact({ ...update(), entry: 3 })).rejects.toMatchObject({
      kind: 'forbidden',
      issues: [{ expression: 'Bundle.entry[3]' }],
    });
    expect((await read(id())).result.version).toBe(1);
  });

  it('is not imported over, unlike what stands beside it', async () => {
    const { result } = await house.store.import(
      clinician,
      { entries: [update(), update('beside')].map(({ type, id }) => ({ type, id })) },
      [own({ birthDate: '1970-01-01' }), patient('Beside', { id: 'beside' })],
    );
    expect(result).toMatchObject({
      created: 1,
      rejected: [{ index: 0, issues: [{ diagnostics: refused.message }] }],
    });
    expect((await read(id())).result.version).toBe(1);
  });

  it('is seen, of documents, by who may see the Composition, and one that others brought is not', async () => {
    const document = (of: string) =>
      JSON.stringify({
        resourceType: 'Bundle',
        id: of,
        type: 'document',
        identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' },
        timestamp: '2026-03-09T10:00:00Z',
        entry: [
          {
            fullUrl: 'https://septum.invalid/fhir/R4/Composition/c',
            resource: {
              resourceType: 'Composition',
              id: 'c',
              status: 'final',
              type: { text: 'Discharge summary' },
              subject: { reference: 'Patient/himself' },
              date: '2026-03-09',
              author: [{ display: 'Septum' }],
              title: 'Discharge summary',
            },
          },
        ],
      });
    const store = house.open({ types: ['Bundle'] });
    const [own, brought] = [store.ownId('document'), 'brought'];
    for (const each of [own, brought])
      await store.write(septum, { method: 'update', type: 'Bundle', id: each }, document(each));
    const seen = (who: string, of: string) =>
      store.read(patientCaller(who), { type: 'Bundle', id: of }).then(({ result }) => result.id);
    expect(await seen('himself', own)).toBe(own);
    await expect(seen('another', own)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(seen('himself', brought)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is known from what another installation made, which anybody may bring', async () => {
    const elsewhere = house.open({ hashKey: 'the key of another house' }).ownId('made', 'of', 'this');
    expect([house.store.isOwnId(id()), house.store.isOwnId(elsewhere)]).toEqual([true, false]);
    const { result } = await write(update(elsewhere), patient('Theirs', { id: elsewhere }));
    expect(result.created).toBe(true);
  });
});
