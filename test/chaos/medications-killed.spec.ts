import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { slowdown } from '#platform/testing';
import { attempt, type Attempt } from './harness/api.ts';
import { brokenChains, lostOrDoubled } from './harness/checkers.ts';
import { HouseUnderFire, medications, rest } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { recoveryLimitMs, untilWritable } from './harness/nemesis.ts';
import { tell } from './harness/report.ts';
import { encounter, observation, order, patient, typesUnderFire } from './harness/resources.ts';
import { storedVersions } from './harness/state.ts';
import { create, update } from './harness/write.ts';

interface Issue {
  readonly severity: string;
  readonly code: string;
  readonly diagnostics?: string;
}
interface Entry {
  readonly resource: { readonly resourceType: string; readonly issue?: readonly Issue[] };
}

const kills = shortOrLong(2, 10);
const downMs = shortOrLong(2_500, 5_000);

describe('medications killed under load', () => {
  const seed = seedOfRun();
  const ledger = new Ledger();
  let house: HouseUnderFire;
  let subject = '';
  /** What the load on the other contexts was answered, other than success. */
  const elsewhere: string[] = [];
  let requestsElsewhere = 0;
  const end = new AbortController();
  const load: Promise<void>[] = [];

  beforeAll(async () => {
    house = await HouseUnderFire.open([rest, medications]);
    subject = (await create(house, ledger, patient('Everything'))).resource!;
    await create(house, ledger, observation(70, subject));
    await create(house, ledger, order('Ramipril', subject));
    const id = 'under-fire-stay';
    await update(house, ledger, encounter(id, subject, 'in-progress'), undefined);
    for (const nth of [1, 2, 3]) load.push(useOthers(nth));
  });
  afterAll(async () => {
    end.abort();
    await Promise.all(load);
    await house?.stop();
  });

  async function useOthers(nth: number): Promise<void> {
    const note = (what: string, { status }: Pick<Attempt, 'status'>): void => {
      requestsElsewhere += 1;
      if (status < 200 || status > 299) elsewhere.push(`${what} ${status}`);
    };
    for (let round = 1; !end.signal.aborted; round += 1) {
      const written = await create(house, ledger, observation(round, subject));
      note('create Observation', { status: written.statuses[0]! });
      note('create Patient', { status: (await create(house, ledger, patient(`P${nth}`))).statuses[0]! });
      note('read Patient', await attempt(house, 'GET', subject));
      note('search Observation', await attempt(house, 'GET', `Observation?subject=${subject}&_count=5`));
      note('search Encounter', await attempt(house, 'GET', `Encounter?subject=${subject}`));
      await sleep(20);
    }
  }

  /** The whole of the patient, and whether it says that it is not whole. */
  async function everything() {
    const { status, body } = await attempt(
      house,
      'GET',
      `${subject}/$everything?_type=Patient,Encounter,MedicationRequest`,
    );
    const entries = (body['entry'] ?? []) as readonly Entry[];
    const types = new Set(entries.map(({ resource }) => resource.resourceType));
    const issues = entries.flatMap(({ resource }) => resource.issue ?? []);
    return { status, types, issues, total: body['total'] };
  }

  it('is whole before', async () => {
    const whole = await everything();
    expect(whole.status).toBe(200);
    expect([...whole.types].sort()).toEqual(['Encounter', 'MedicationRequest', 'Patient']);
    expect(whole.issues).toEqual([]);
  });

  it(
    `answers for its types 503, partial answers say so, and all is well again in time, ${kills} times`,
    async () => {
      const recovered: { ms: number; limitMs: number }[] = [];
      for (let kill = 1; kill <= kills; kill += 1) {
        await house.kill(medications.name);
        const until = Date.now() + downMs;
        do {
          await refused(await attempt(house, 'GET', `MedicationRequest?subject=${subject}`));
          await refused(await attempt(house, 'GET', 'MedicationRequest/any'));
          await refused(
            await attempt(house, 'POST', 'MedicationRequest', { body: order('Refused', subject) }),
          );
          const partial = await everything();
          expect(partial.status).toBe(200);
          expect([...partial.types].sort()).toEqual(['Encounter', 'OperationOutcome', 'Patient']);
          expect(partial.issues).toMatchObject([{ severity: 'warning', code: 'incomplete' }]);
          expect(partial.issues[0]?.diagnostics).toContain('medications');
          expect(partial.total).toBeUndefined();
          await sleep(100);
        } while (Date.now() < until);
        const slow = slowdown();
        const began = performance.now();
        await house.revive(medications.name);
        await untilWritable(house, ledger);
        while ((await everything()).issues.length > 0) await sleep(20);
        const ms = Math.round(performance.now() - began);
        recovered.push({ ms, limitMs: Math.round(recoveryLimitMs.process * Math.max(slow, slowdown())) });
      }
      tell('medications killed', seed, {
        kills,
        recovered,
        requestsElsewhere,
        errorsElsewhere: elsewhere.length,
      });
      expect(recovered.filter(({ ms, limitMs }) => ms > limitMs)).toEqual([]);
    },
    shortOrLong(900_000, 1_800_000),
  );

  async function refused({ status, headers, body }: Attempt): Promise<void> {
    expect({ status, type: body['resourceType'] }).toEqual({ status: 503, type: 'OperationOutcome' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const [issue] = body['issue'] as readonly Issue[];
    expect(issue).toMatchObject({ severity: 'error', code: 'transient' });
  }

  it('no request to any other context failed meanwhile, and no write was lost', async () => {
    end.abort();
    await Promise.all(load);
    expect(requestsElsewhere).toBeGreaterThan(50);
    expect(elsewhere).toEqual([]);
    const state = await storedVersions(house, typesUnderFire);
    expect([...lostOrDoubled(ledger.entries, state), ...brokenChains(ledger.entries, state)]).toEqual([]);
  });
});
