import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clinician, observation, openStore, patient, patientCaller, type StoreHouse } from './open-store.ts';

let house: StoreHouse;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const write = (request: object, text?: string) => house.store.write(clinician, request as never, text);
const read = (id: string, version?: number) =>
  house.store.read(clinician, { type: 'Patient', id, ...(version === undefined ? {} : { version }) });

describe('creating', () => {
  it('gives an id, version 1 and the time, and keeps every decimal as it was written', async () => {
    const text = observation('p1', { valueQuantity: { value: 0 } }).replace('"value":0', '"value":1.10');
    const { result, texts } = await write({ method: 'create', type: 'Observation' }, text);
    expect(result).toMatchObject({ type: 'Observation', version: 1, created: true });
    expect(result.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(texts[0]).toContain('"value":1.10');
    const found = await house.store.read(clinician, { type: 'Observation', id: result.id });
    expect(found.texts).toEqual(texts);
    expect(JSON.parse(texts[0]!)).toMatchObject({
      id: result.id,
      meta: { versionId: '1', lastUpdated: new Date(result.lastUpdated).toISOString() },
    });
  });

  it('refuses what breaks R4, saying where', async () => {
    await expect(
      write({ method: 'create', type: 'Patient' }, '{"resourceType":"Patient","gender":"unheard-of"}'),
    ).rejects.toMatchObject({
      kind: 'invalid',
      issues: [expect.objectContaining({ expression: 'Patient.gender' })],
    });
  });

  it('refuses another type than the request names, and an id that is taken', async () => {
    await expect(write({ method: 'create', type: 'Observation' }, patient('A'))).rejects.toMatchObject({
      kind: 'malformed',
    });
    await write({ method: 'create', type: 'Patient', id: 'taken' }, patient('A'));
    await expect(
      write({ method: 'create', type: 'Patient', id: 'taken' }, patient('B')),
    ).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('a resource that moves from one patient to another', () => {
  it('is in the record of both', async () => {
    await write(
      { method: 'update', type: 'Observation', id: 'moves' },
      observation('first', { id: 'moves' }),
    );
    await write(
      { method: 'update', type: 'Observation', id: 'moves' },
      observation('second', { id: 'moves' }),
    );
    await write({ method: 'delete', type: 'Observation', id: 'moves' });
    const recorded = await house.database.query('*', {
      text: `SELECT action, patients FROM audit WHERE id = 'moves' ORDER BY version`,
    });
    expect(recorded).toEqual([
      { action: 'C', patients: ['first'] },
      { action: 'U', patients: ['first', 'second'] },
      { action: 'D', patients: ['second'] },
    ]);
  });
});

describe('a patient whose id is the word null', () => {
  it('is stored, shown to whom he is, and deleted like others', async () => {
    await write({ method: 'update', type: 'Patient', id: 'null' }, patient('Null', { id: 'null' }));
    const himself = patientCaller('null');
    expect((await house.store.read(himself, { type: 'Patient', id: 'null' })).result.version).toBe(1);
    const all = await house.store.compartment(himself, { patient: 'null', count: 10 });
    expect(all.result.matches).toHaveLength(1);
    const { result } = await write({ method: 'delete', type: 'Patient', id: 'null' });
    expect(result).toMatchObject({ version: 2, deleted: true });
  });
});

describe('updating', () => {
  it('creates what is not there, then adds versions in order of time', async () => {
    const first = await write({ method: 'update', type: 'Patient', id: 'u1' }, patient('One', { id: 'u1' }));
    const second = await write({ method: 'update', type: 'Patient', id: 'u1' }, patient('Two', { id: 'u1' }));
    expect([
      first.result.created,
      first.result.version,
      second.result.created,
      second.result.version,
    ]).toEqual([true, 1, false, 2]);
    expect(second.result.lastUpdated).toBeGreaterThan(first.result.lastUpdated);
    expect((await read('u1', 1)).texts).toEqual(first.texts);
    expect((await read('u1', 2)).texts).toEqual(second.texts);
    await expect(read('u1', 3)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('heeds If-Match, and takes 0 for "only if it is not there"', async () => {
    await write({ method: 'update', type: 'Patient', id: 'm1', ifMatch: 0 }, patient('One', { id: 'm1' }));
    const stale = { method: 'update', type: 'Patient', id: 'm1', ifMatch: 7 };
    await expect(write(stale, patient('Two', { id: 'm1' }))).rejects.toMatchObject({
      kind: 'version-conflict',
    });
    await expect(write({ ...stale, ifMatch: 0 }, patient('Two', { id: 'm1' }))).rejects.toMatchObject({
      kind: 'version-conflict',
    });
    await expect(write({ ...stale, id: 'nobody' }, patient('Two', { id: 'nobody' }))).rejects.toMatchObject({
      kind: 'version-conflict',
    });
    expect((await write({ ...stale, ifMatch: 1 }, patient('Two', { id: 'm1' }))).result.version).toBe(2);
  });

  it('refuses a body with another id', async () => {
    await expect(
      write({ method: 'update', type: 'Patient', id: 'x1' }, patient('A', { id: 'x2' })),
    ).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('deleting', () => {
  it('hides the resource and keeps its versions; another update brings it back', async () => {
    await write({ method: 'update', type: 'Patient', id: 'd1' }, patient('One', { id: 'd1' }));
    const { result } = await write({ method: 'delete', type: 'Patient', id: 'd1' });
    expect(result).toMatchObject({ version: 2, deleted: true });
    await expect(read('d1')).rejects.toMatchObject({ kind: 'gone' });
    await expect(read('d1', 2)).rejects.toMatchObject({ kind: 'gone' });
    expect((await read('d1', 1)).result.version).toBe(1);
    expect((await write({ method: 'delete', type: 'Patient', id: 'd1' })).result.version).toBe(2);
    const back = await write({ method: 'update', type: 'Patient', id: 'd1' }, patient('Two', { id: 'd1' }));
    expect(back.result).toMatchObject({ version: 3, created: true });
    const { result: found, texts } = await house.store.history(clinician, {
      type: 'Patient',
      id: 'd1',
      count: 10,
    });
    expect(found.matches.map(({ version, deleted }) => [version, deleted ?? false])).toEqual([
      [3, false],
      [2, true],
      [1, false],
    ]);
    expect(texts[1]).toBe('');
  });

  it('of what never was changes nothing and answers version 0', async () => {
    expect((await write({ method: 'delete', type: 'Patient', id: 'never' })).result.version).toBe(0);
    await expect(read('never')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('history', () => {
  it('pages newest first', async () => {
    for (const family of ['A', 'B', 'C', 'D', 'E'])
      await write({ method: 'update', type: 'Patient', id: 'h1' }, patient(family, { id: 'h1' }));
    const versions: number[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await house.store.history(clinician, {
        type: 'Patient',
        id: 'h1',
        count: 2,
        ...(cursor ? { cursor } : {}),
      });
      versions.push(...result.matches.map(({ version }) => version));
      cursor = result.next;
      expect(result.total).toBe(5);
    } while (cursor);
    expect(versions).toEqual([5, 4, 3, 2, 1]);
  });
});

describe('reading several', () => {
  it('answers what is there, in the order asked, and leaves out the rest', async () => {
    for (const id of ['r1', 'r2', 'r3'])
      await write({ method: 'update', type: 'Patient', id }, patient(id, { id }));
    await write({ method: 'delete', type: 'Patient', id: 'r2' });
    const { result } = await house.store.readMany(clinician, {
      references: ['Patient/r3', 'Patient/r2', 'Patient/none', 'Patient/r1'],
    });
    expect(result.map(({ id }) => id)).toEqual(['r3', 'r1']);
  });

  it('answers the compartment of a patient, page by page, by type and id, and what changed since', async () => {
    await write({ method: 'update', type: 'Patient', id: 'c1' }, patient('C', { id: 'c1' }));
    for (const id of ['c-b', 'c-a', 'c-c'])
      await write({ method: 'create', type: 'Observation', id }, observation('c1'));
    await write({ method: 'delete', type: 'Observation', id: 'c-b' });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const request = { patient: 'c1', count: 2, ...(cursor ? { cursor } : {}) };
      const { result } = await house.store.compartment(clinician, request);
      ids.push(...result.matches.map(({ type, id }) => `${type}/${id}`));
      cursor = result.next;
    } while (cursor);
    expect(ids).toEqual(['Observation/c-a', 'Observation/c-c', 'Patient/c1']);
    const { result: last } = await house.store.read(clinician, { type: 'Observation', id: 'c-c' });
    const since = { patient: 'c1', count: 9, since: last.lastUpdated };
    expect((await house.store.compartment(clinician, since)).result.matches.map(({ id }) => id)).toEqual([
      'c-c',
    ]);
  });

  it('counts by type what the caller may see', async () => {
    const { result } = await house.store.counts(patientCaller('c1'), { types: ['Observation', 'Encounter'] });
    expect(result).toEqual({ Observation: 2, Encounter: 0 });
  });
});

describe('the second wall', () => {
  it('shows and changes only the rows of the patients that the caller is confined to', async () => {
    await write({ method: 'update', type: 'Patient', id: 'w1' }, patient('Wall', { id: 'w1' }));
    await write({ method: 'update', type: 'Patient', id: 'w2' }, patient('Wall', { id: 'w2' }));
    const confined = patientCaller('w1');
    expect((await house.store.read(confined, { type: 'Patient', id: 'w1' })).result.id).toBe('w1');
    await expect(house.store.read(confined, { type: 'Patient', id: 'w2' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    const search = {
      filters: [{ parameter: 'family', type: 'string', values: [{ value: 'wall' }] }],
      sort: [],
      count: 10,
      total: 'accurate',
    } as const;
    const { result } = await house.store.search(confined, { type: 'Patient', search });
    expect([result.total, result.matches.map(({ id }) => id)]).toEqual([1, ['w1']]);
    await expect(
      house.store.write(
        confined,
        { method: 'update', type: 'Patient', id: 'w2' },
        patient('Mine', { id: 'w2' }),
      ),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(
      house.store.write(confined, { method: 'create', type: 'Observation' }, observation('w2')),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    const names = await house.database.query('w1', {
      text: 'SELECT DISTINCT item::text FROM search_word WHERE value = $1',
      values: ['wall'],
    });
    expect(names).toHaveLength(1);
  });

  it('refuses a caller without the scope', async () => {
    const reader = { ...clinician, scopes: ['system/Patient.r'] };
    await expect(house.store.read(reader, { type: 'Observation', id: 'x' })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(
      house.store.write(reader, { method: 'delete', type: 'Patient', id: 'w1' }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('every access', () => {
  it('leaves an audit row, and every change an event in order of its patient', async () => {
    await write({ method: 'update', type: 'Patient', id: 'a1' }, patient('One', { id: 'a1' }));
    await write({ method: 'create', type: 'Observation', id: 'a2' }, observation('a1'));
    await read('a1');
    const audit = await house.database.query('*', {
      text: `SELECT action, type, patients::text FROM audit WHERE 'a1' = ANY (patients) ORDER BY position`,
    });
    expect(audit).toEqual([
      { action: 'C', type: 'Patient', patients: '{a1}' },
      { action: 'C', type: 'Observation', patients: '{a1}' },
      { action: 'R', type: 'Patient', patients: '{a1}' },
    ]);
    const events = await house.database.query('*', {
      text: `SELECT order_sequence, payload FROM outbox WHERE order_key = 'Patient/a1' ORDER BY id`,
    });
    expect(events).toEqual([
      { order_sequence: 1, payload: '{"type":"Patient","id":"a1","version":1,"change":"created"}' },
      { order_sequence: 2, payload: '{"type":"Observation","id":"a2","version":1,"change":"created"}' },
    ]);
  });
});

describe('writing several', () => {
  it('tells what became of each, and one that is refused hinders no other', async () => {
    await write({ method: 'create', type: 'Patient', id: 'several' }, patient('A'));
    const update = { method: 'update', type: 'Patient' } as const;
    const { result } = await house.store.writeMany(clinician, [
      { request: { ...update, id: 'several-new', ifMatch: 0 }, text: patient('B', { id: 'several-new' }) },
      { request: { ...update, id: 'several', ifMatch: 0 }, text: patient('C', { id: 'several' }) },
      { request: { ...update, id: 'several-bad' }, text: patient('D', { id: 'several-bad', gender: 'x' }) },
      { request: { method: 'delete', type: 'Patient', id: 'several' } },
    ]);
    expect(result).toMatchObject([
      { written: { id: 'several-new', version: 1, created: true } },
      { refused: { kind: 'version-conflict' } },
      { refused: { kind: 'invalid', issues: [{ expression: 'Patient.gender' }] } },
      { written: { id: 'several', version: 2, deleted: true } },
    ]);
  });

  it('takes one commit for those that no rule is asked about', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const { result } = await house.store.writeMany(
      clinician,
      names.map((name) => ({
        request: { method: 'update', type: 'Patient', id: `shared-${name}` },
        text: patient(name, { id: `shared-${name}` }),
      })),
    );
    expect(result).toHaveLength(4);
    const commits = await house.database.query('*', {
      text: `SELECT DISTINCT xmin::text FROM resource WHERE id LIKE 'shared-%'`,
    });
    expect(commits).toHaveLength(1);
  });
});
