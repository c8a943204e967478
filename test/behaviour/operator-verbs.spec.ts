import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openContextDatabase, partUrl, type OpenContextDatabase } from '#platform/database';
import { eventually, openHouse, type House } from '#platform/testing';

interface Parked {
  readonly context: string;
  readonly subscription: string;
  readonly event: string;
  readonly reason: string;
  readonly behind: number;
  readonly key?: string;
}

/** What whoever runs the installation does about what does not end by itself. */
describe('at the command line', () => {
  let house: House;
  let operator: pg.Client;
  beforeAll(async () => {
    house = await openHouse();
    operator = new pg.Client({ connectionString: house.database });
    await operator.connect();
  });
  afterAll(async () => {
    await operator?.end();
    await house?.stop();
  });

  const answerOf = async <Answer>(...words: string[]): Promise<Answer> =>
    JSON.parse((await house.command(...words, '--json')).stdout) as Answer;
  const recordedIn = async (context: string, detail: string) =>
    (
      await operator.query<{ subject: string }>(`select subject from ${context}.audit where detail = $1`, [
        detail,
      ])
    ).rows;

  describe('a parked event', () => {
    const patient = 'parked-ada';
    const parkedOf = async (...words: string[]): Promise<Parked[]> =>
      (await answerOf<{ parked: Parked[] }>('events', 'parked', ...words)).parked.filter(
        ({ context, subscription }) => context === 'transitions' && subscription === 'discharge-summary',
      );

    /** The stay ends, and what its summary is written to refuses it. */
    beforeAll(async () => {
      await operator.query(`
        create function transitions.refuse() returns trigger language plpgsql as 'begin raise exception ''full''; end';
        create trigger refuse before insert on transitions.resource for each row
          when (new.type = 'Composition' and '${patient}' = any (new.patients)) execute function transitions.refuse()`);
      const stay = {
        resourceType: 'Encounter',
        id: 'parked-stay',
        class: { code: 'IMP' },
        subject: { reference: `Patient/${patient}` },
      };
      await house.put({ resourceType: 'Patient', id: patient }, { ...stay, status: 'in-progress' });
      await house.put({ ...stay, status: 'finished', period: { end: '2026-03-09T10:00:00Z' } });
    });
    afterAll(() => operator.query('drop function if exists transitions.refuse cascade'));

    const summaries = async () =>
      (await house.fhir.get<{ entry?: object[] }>(`Composition?subject=Patient/${patient}`)).body.entry ?? [];

    it('is told without saying whose it is', async () => {
      const [parked] = await eventually(async () => {
        const found = await parkedOf();
        expect(found).toHaveLength(1);
        return found;
      });
      expect(parked).toMatchObject({ reason: 'exception', attempts: 5, behind: 0, publisher: 'encounters' });
      const { stdout } = await house.command('events', 'parked');
      expect(stdout).toContain(parked!.event);
      expect(stdout).not.toContain(patient);
    });

    it('is told with its key to who asks for it, and that is recorded', async () => {
      expect(await recordedIn('transitions', '$events-parked with keys')).toEqual([]);
      expect(await parkedOf('--keys')).toMatchObject([{ key: `Patient/${patient}` }]);
      expect(await recordedIn('transitions', '$events-parked with keys')).toEqual([
        { subject: 'client/administrator' },
      ]);
    });

    it('is told to nobody else', async () => {
      const reader = await house.clientWith(['system/Patient.rs', 'user/*.cruds', 'patient/*.rs']);
      for (const path of ['$events-parked', '$transactions-open'])
        expect((await reader.get(path)).status).toBe(403);
      for (const path of ['$events-replay', '$transactions-resolve'])
        expect((await reader.post(path, { resourceType: 'Parameters' })).status).toBe(403);
    });

    it('is counted, and replayed when its cause is gone', async () => {
      const [parked] = await parkedOf();
      const replay = (...words: string[]) =>
        answerOf('events', 'replay', 'transitions', 'discharge-summary', '--event', parked!.event, ...words);
      expect(await replay('--dry-run')).toEqual({ keys: 1, events: 1, dryRun: true });
      expect(await parkedOf()).toHaveLength(1);
      expect(await recordedIn('transitions', '$events-replay discharge-summary')).toEqual([]);

      await operator.query('drop function transitions.refuse cascade');
      expect(await replay()).toEqual({ keys: 1, events: 1, dryRun: false });
      expect(await recordedIn('transitions', '$events-replay discharge-summary')).toHaveLength(1);
      await eventually(async () => expect(await summaries()).toHaveLength(1));
      expect(await parkedOf()).toEqual([]);
      expect(await replay()).toEqual({ keys: 0, events: 0, dryRun: false });
    });

    it('is of a context that there is', async () => {
      await expect(house.command('events', 'replay', 'kitchen', 'menu')).rejects.toMatchObject({
        stderr: expect.stringContaining('no such context'),
      });
    });
  });

  describe('a transaction that is prepared and not ended', () => {
    let medications: OpenContextDatabase;
    beforeAll(() => {
      medications = openContextDatabase({
        url: partUrl(house.database, 'medications'),
        context: 'medications',
      });
    });
    afterAll(() => medications?.close());

    /** As its coordinator leaves it that died: prepared, with this written down. */
    async function left(columns: string, values: string): Promise<string> {
      const id = randomUUID();
      await operator.query(
        `insert into edge.transaction_decision (transaction_id, participants, ${columns}) values ($1, ${values})`,
        [id],
      );
      await medications.prepared.prepare(id, '*', (transaction) =>
        transaction.query({ text: 'select 1' }).then(() => undefined),
      );
      return id;
    }
    const resolve = (id: string, ...words: string[]) => answerOf('transactions', 'resolve', id, ...words);
    const refused = (text: string): unknown =>
      expect.objectContaining({ stderr: expect.stringContaining(text) });
    const endedAs = (state: string) => ({ participants: [{ context: 'medications', state }] });

    it('is told with who waits, and left to its coordinator while that is at work', async () => {
      const id = await left('undecided_until', `'{}', now() + interval '1 hour'`);
      const { transactions } = await answerOf<{ transactions: { id: string }[] }>('transactions');
      expect(transactions.find((each) => each.id === id)).toMatchObject({
        waits: ['medications'],
        decision: null,
        atWork: true,
      });
      expect((await house.command('transactions')).stdout).toContain(`${id}  `);
      await expect(resolve(id, 'rollback')).rejects.toEqual(refused('at work'));

      await operator.query(
        'update edge.transaction_decision set undecided_until = now() where transaction_id = $1',
        [id],
      );
      expect(await resolve(id, 'rollback')).toMatchObject(endedAs('rolled-back'));
      expect(await medications.prepared.state(id)).toBe('missing');
      expect(await recordedIn('medications', '$transactions-resolve rollback')).toEqual([
        { subject: 'client/administrator' },
      ]);
    });

    it('is never decided against what is written down', async () => {
      const id = await left('decision, decided_at', `'{medications}', 'commit', now() + interval '1 hour'`);
      await expect(resolve(id, 'rollback')).rejects.toEqual(refused('ends in commit'));
      expect(await medications.prepared.state(id)).not.toBe('missing');
      expect(await resolve(id, 'commit', '--dry-run')).toMatchObject({ dryRun: true });
      expect(await resolve(id, 'commit')).toMatchObject(endedAs('committed'));
      expect(await medications.prepared.state(id)).toBe('committed');
    });

    it('is told as unknown when there is none', async () => {
      await expect(resolve(randomUUID(), 'commit')).rejects.toEqual(
        refused('septum transactions lists them'),
      );
      await expect(resolve('x', 'commit')).rejects.toEqual(refused('is a UUID'));
      await expect(resolve(randomUUID(), 'maybe')).rejects.toEqual(refused('commit or rollback'));
    });
  });
});
