import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openContextDatabase, partUrl, type OpenContextDatabase, type Statement } from '#platform/database';
import { clinician, openStore, patient, type StoreHouse } from './open-store.ts';

let house: StoreHouse;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

const writers = 32;

/** Versions of a resource, oldest first, from both tables. */
async function chain(id: string): Promise<{ version: number; last_updated: number }[]> {
  return house.database.query('*', {
    text: `SELECT version, last_updated FROM resource WHERE id = $1 UNION ALL SELECT version, last_updated FROM history WHERE id = $1 ORDER BY version`,
    values: [id],
  });
}

describe('concurrent writers of one resource', () => {
  it('have exactly one winner when all name the same version, and when all want to create it', async () => {
    for (const ifMatch of [0, 1, 2]) {
      // Two stores, as two processes: the group commit of one must not be what decides.
      const stores = [house.open(), house.open()];
      const results = await Promise.allSettled(
        Array.from({ length: writers }, (_, at) =>
          stores[at % 2]!.write(
            clinician,
            { method: 'update', type: 'Patient', id: 'race', ifMatch },
            patient(`F${at}`, { id: 'race' }),
          ),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'version-conflict' });
    }
  });

  it('leave a chain of versions without hole or fork, ever later', async () => {
    const stores = [house.open(), house.open()];
    await Promise.all(
      Array.from({ length: writers }, (_, at) =>
        stores[at % 2]!.write(
          clinician,
          { method: 'update', type: 'Patient', id: 'chain' },
          patient(`F${at}`, { id: 'chain' }),
        ),
      ),
    );
    const versions = await chain('chain');
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: writers }, (_, at) => at + 1),
    );
    versions.reduce((before, after) => {
      expect(after.last_updated).toBeGreaterThan(before.last_updated);
      return after;
    });
    const [keys] = await house.database.query('*', {
      text: `SELECT count(*) AS words FROM search_word w JOIN resource r USING (item) WHERE r.id = 'chain'`,
    });
    expect(keys).toEqual({ words: 1 });
  });

  it('would have several winners if the lock were taken in the statement that reads what it guards', async () => {
    await house.store.write(clinician, { method: 'create', type: 'Patient', id: 'planted' }, patient('A'));
    // Whoever waits here reads the version as it was before the lock was released.
    const naive: Statement = {
      text: `WITH held AS (SELECT pg_advisory_xact_lock(4711), pg_sleep(0.1)), seen AS (SELECT version FROM resource, held WHERE id = 'planted')
        INSERT INTO history (type, id, last_updated, version, codec, deleted, patients, content)
        SELECT 'Patient', gen_random_uuid()::text, now(), version, 0, false, '{}', '' FROM seen, held
        WHERE NOT EXISTS (SELECT FROM history h WHERE h.last_updated > now() - interval '1 hour' AND h.content = '' AND h.patients = '{}') RETURNING version`,
    };
    // All connections open, so that all statements begin before the first one ends.
    await Promise.all(
      Array.from({ length: 8 }, () => house.database.query('*', { text: 'SELECT pg_sleep(0.2)' })),
    );
    const winners = await Promise.all(Array.from({ length: 8 }, () => house.database.query('*', naive)));
    expect(winners.filter(({ length }) => length > 0).length).toBeGreaterThan(1);
  });
});

describe('an idempotency key', () => {
  it('gives all who come with it the first answer, and creates once', async () => {
    const request = { method: 'create', type: 'Patient', idempotencyKey: 'k1' } as const;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => house.store.write(clinician, request, patient('Once'))),
    );
    expect(new Set(answers.map(({ result }) => result.id)).size).toBe(1);
    expect(new Set(answers.map(({ texts }) => texts[0])).size).toBe(1);
    const [rows] = await house.database.query('*', {
      text: `SELECT count(*) AS count FROM search_word WHERE value = 'once'`,
    });
    expect(rows).toEqual({ count: 1 });
    const id = answers[0]!.result.id;
    const recorded = await house.database.query('*', {
      text: `SELECT action, patients, count(*)::int4 AS times FROM audit WHERE id = '${id}' GROUP BY 1, 2 ORDER BY 1`,
    });
    expect(recorded).toEqual([
      { action: 'C', patients: [id], times: 1 },
      { action: 'R', patients: [id], times: 11 },
    ]);
  });

  it('keeps giving the first answer after the resource has changed', async () => {
    const request = { method: 'create', type: 'Patient', idempotencyKey: 'k2' } as const;
    const first = await house.store.write(clinician, request, patient('Before'));
    const { id } = first.result;
    await house.store.write(clinician, { method: 'update', type: 'Patient', id }, patient('After', { id }));
    expect(await house.store.write(clinician, request, patient('Before'))).toEqual(first);
  });

  it('is refused for another body, is another key for another caller, and is free after a fault', async () => {
    const request = { method: 'create', type: 'Patient', idempotencyKey: 'k3' } as const;
    await expect(
      house.store.write(clinician, request, '{"resourceType":"Patient","active":"no"}'),
    ).rejects.toMatchObject({ kind: 'invalid' });
    const first = await house.store.write(clinician, request, patient('A'));
    await expect(house.store.write(clinician, request, patient('B'))).rejects.toMatchObject({
      kind: 'conflict',
    });
    const other = { ...clinician, subject: 'client/other', client: 'client/other' };
    expect((await house.store.write(other, request, patient('B'))).result.id).not.toBe(first.result.id);
  });
});

describe('a transaction', () => {
  let second: OpenContextDatabase;
  beforeAll(() => {
    second = openContextDatabase({
      url: partUrl(house.adminUrl, 'clinical'),
      context: 'clinical',
      poolSize: 2,
    });
  });
  afterAll(() => second.close());

  it('writes all or nothing, and answers in the order asked', async () => {
    const entries = ['t3', 't1', 't2'].map((id) => ({
      request: { method: 'create', type: 'Patient', id } as const,
      text: patient(id),
    }));
    const { result, texts } = await second.transact('*', (transaction) =>
      house.store.writeIn(transaction, clinician, entries),
    );
    expect(result.map(({ id }) => id)).toEqual(['t3', 't1', 't2']);
    expect(texts.map((text) => JSON.parse(text).id)).toEqual(['t3', 't1', 't2']);
    const failing = [
      { request: { method: 'create', type: 'Patient', id: 't0' } as const, text: patient('new') },
      {
        request: { method: 'update', type: 'Patient', id: 't1', ifMatch: 9 } as const,
        text: patient('stale', { id: 't1' }),
      },
    ];
    await expect(
      second.transact('*', (transaction) => house.store.writeIn(transaction, clinician, failing)),
    ).rejects.toMatchObject({ kind: 'version-conflict' });
    await expect(house.store.read(clinician, { type: 'Patient', id: 't0' })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('never waits for another that writes the same resources the other way round', async () => {
    const ids = Array.from({ length: 8 }, (_, at) => `x${at}`);
    const entries = (order: readonly string[]) =>
      order.map((id) => ({
        request: { method: 'update', type: 'Patient', id } as const,
        text: patient('X', { id }),
      }));
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        house.database.transact('*', (transaction) =>
          house.store.writeIn(transaction, clinician, entries(at % 2 ? ids : ids.toReversed())),
        ),
      ),
    );
    expect(await chain('x0')).toHaveLength(10);
  });
});

describe('a rule of care', () => {
  it('sees what is there under its lock, refuses, and publishes', async () => {
    const events = { context: 'clinical', pattern: 'clinical.patient.renamed.v1', payload: Object as never };
    const store = house.open({
      rules: [
        {
          type: 'Patient',
          decide(before, after) {
            const count = Number((before?.['multipleBirthInteger'] as number | undefined) ?? 0);
            expect(after?.['id']).toBe('ruled');
            const { versionId, source } = after!['meta'] as Record<string, unknown>;
            return [{ type: events, orderKey: 'Patient/ruled', payload: { count, versionId, source } }];
          },
        },
      ],
    });
    const one = (birth: number) =>
      store.write(
        clinician,
        { method: 'update', type: 'Patient', id: 'ruled' },
        patient('R', { id: 'ruled', multipleBirthInteger: birth, meta: { versionId: '9', source: 'urn:x' } }),
      );
    await one(1);
    await one(2);
    const told = await house.database.query<{ payload: string; order_sequence: number }>('*', {
      text: `SELECT payload, order_sequence FROM outbox WHERE pattern = $1 ORDER BY id`,
      values: [events.pattern],
    });
    expect(told.map(({ payload }) => JSON.parse(payload))).toEqual([
      { count: 0, versionId: '1', source: 'urn:x' },
      { count: 1, versionId: '2', source: 'urn:x' },
    ]);
  });
});

describe('a rule of care in a race to create', () => {
  it('is asked again by the loser, who then sees what the winner wrote', async () => {
    const seen: boolean[] = [];
    const rules = [{ type: 'Patient', decide: (before: unknown) => (seen.push(before !== undefined), []) }];
    const stores = [house.open({ rules }), house.open({ rules })];
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        stores[at % 2]!.write(
          clinician,
          { method: 'update', type: 'Patient', id: 'raced' },
          patient(`R${at}`, { id: 'raced' }),
        ),
      ),
    );
    expect(answers.filter(({ result }) => result.created)).toHaveLength(1);
    expect(await chain('raced')).toHaveLength(6);
    expect(seen.filter(Boolean)).toHaveLength(5);
  });
});

describe('an import', () => {
  const texts = ['Zed', 'Zed', 'Zoe'].map((family, at) => patient(family, { id: `i${at}` }));
  const entries = [0, 1, 2].map((at) => ({ type: 'Patient', id: `i${at}` }));

  it('changes nothing the second time, and adds a version for what recurs with another content', async () => {
    const first = await house.store.import(clinician, { entries }, texts);
    expect(first.result).toEqual({ created: 3, updated: 0, unchanged: 0, rejected: [] });
    const count = () =>
      house.database.query('*', {
        text: `SELECT (SELECT count(*) FROM resource) AS resources, (SELECT count(*) FROM history) AS history,
        (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM search_word) AS words`,
      });
    const before = await count();
    const again = await house.store.import(clinician, { entries }, texts);
    expect(again.result).toEqual({ created: 0, updated: 0, unchanged: 3, rejected: [] });
    expect(await count()).toEqual(before);
    const recurring = await house.store.import(clinician, { entries: [entries[0]!, entries[0]!] }, [
      patient('Second', { id: 'i0' }),
      patient('Third', { id: 'i0' }),
    ]);
    expect(recurring.result).toMatchObject({ updated: 2 });
    const { result, texts: stored } = await house.store.read(clinician, { type: 'Patient', id: 'i0' });
    expect([result.version, JSON.parse(stored[0]!).name[0].family]).toEqual([3, 'Third']);
  });

  it('is not for a signed-in person, whom the rules of care bind', async () => {
    const person = { ...clinician, kind: 'user', scopes: ['user/*.cruds'] } as const;
    await expect(house.store.import(person, { entries }, texts)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('stores the good and tells of the bad, by place; one event for the batch, and the audit says that rules did not run', async () => {
    const { result } = await house.store.import(
      clinician,
      {
        entries: [
          { type: 'Patient', id: 'g1' },
          { type: 'Patient', id: 'g2' },
        ],
      },
      [patient('Good', { id: 'g1' }), patient('Bad', { id: 'g2', gender: 'x' })],
    );
    expect(result).toMatchObject({
      created: 1,
      rejected: [{ index: 1, issues: [expect.objectContaining({ expression: 'Patient.gender' })] }],
    });
    const events = await house.database.query('*', {
      text: `SELECT payload FROM outbox WHERE pattern = 'clinical.resource.imported.v1' ORDER BY id`,
    });
    expect(events.at(-1)).toEqual({ payload: '{"count":1}' });
    const audit = await house.database.query('*', { text: `SELECT detail FROM audit WHERE id = 'g1'` });
    expect(audit).toEqual([{ detail: 'import: rules of care not run' }]);
  });
});
