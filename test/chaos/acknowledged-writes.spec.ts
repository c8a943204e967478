import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenChains, brokenOutbox, lostOrDoubled, partialTransactions } from './harness/checkers.ts';
import {
  HouseUnderFire,
  medications,
  rest,
  servers,
  whole,
  type Resident,
} from './harness/house-under-fire.ts';
import { isLong, seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { startLoad } from './harness/load.ts';
import { late, planStrikes, strikeAll, untilWritable } from './harness/nemesis.ts';
import { tell } from './harness/report.ts';
import { typesUnderFire } from './harness/resources.ts';
import { settledOutbox, storedVersions } from './harness/state.ts';

const kills = shortOrLong(8, 24);

/** In one process a crash takes everything with it; with two, one lives on with what it had under way. */
const houses: readonly { title: string; plans: readonly Resident[] }[] = [
  { title: 'medications in a process of its own', plans: [rest, medications] },
  ...(isLong ? [{ title: 'all in one process', plans: [whole] }] : []),
];

describe.each(houses)('a write that was acknowledged, $title', ({ plans }) => {
  let house: HouseUnderFire;
  const seed = seedOfRun();
  const ledger = new Ledger();

  beforeAll(async () => {
    house = await HouseUnderFire.open(plans);
  });
  afterAll(() => house?.stop());

  it(
    `survives ${kills} kills of any process, PostgreSQL and NATS included`,
    async () => {
      const strikes = planStrikes(seed, [...servers, ...plans.map(({ name }) => name)], kills);
      const load = startLoad({ house, ledger, seed, workers: 4, pauseMs: 25 });
      const struck = await strikeAll(house, ledger, strikes).finally(() => load.end());
      const state = await storedVersions(house, typesUnderFire);
      tell(`acknowledged writes, processes: ${plans.length}`, seed, {
        struck,
        ledger,
        versions: state.length,
      });

      const faults = [
        ...lostOrDoubled(ledger.entries, state),
        ...brokenChains(ledger.entries, state),
        ...partialTransactions(ledger.entries, state),
      ];
      for (const context of Object.values(typesUnderFire)) {
        faults.push(
          ...brokenOutbox(await settledOutbox(house, context)).map((fault) => `${context}: ${fault}`),
        );
      }
      expect({ seed, saved: faults.length > 0 && ledger.save(seed), faults }).toEqual({
        seed,
        saved: false,
        faults: [],
      });
      expect(ledger.count('ok')).toBeGreaterThan(kills * 10);
      expect(ledger.count('fail')).toBeGreaterThan(0);
      expect({ seed, late: late(struck) }).toEqual({ seed, late: [] });
    },
    shortOrLong(900_000, 1_800_000),
  );

  it('would be missed by this test: with synchronous_commit off, killing PostgreSQL loses some', async () => {
    const roles = await house.query<{ name: string }>(
      `select rolname as name from pg_roles where rolname like 'septum\\_%' and rolcanlogin`,
    );
    for (const { name } of roles) await house.query(`alter role ${name} set synchronous_commit = off`);
    // What is not waited for is written when somebody comes to it: here not before long, however fast the machine is.
    await house.query(`alter system set wal_writer_delay = '10s'`);
    await house.query(`alter system set wal_writer_flush_after = '1GB'`);
    await house.query('select pg_reload_conf()');
    // A role's settings count from the next connection on.
    await house.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename like 'septum\\_%' and pid <> pg_backend_pid()`,
    );
    const unsafe = new Ledger();
    await untilWritable(house, unsafe);
    let lost: string[] = [];
    for (let kill = 1; kill <= 6 && lost.length === 0; kill += 1) {
      const load = startLoad({ house, ledger: unsafe, seed: seed + kill, workers: 4, pauseMs: 0 });
      await sleep(2_000);
      await house.kill('postgres');
      await house.revive('postgres');
      await untilWritable(house, unsafe);
      await load.end();
      const state = await storedVersions(house, typesUnderFire);
      lost = lostOrDoubled(unsafe.entries, state).filter((fault) => fault.startsWith('lost: '));
    }
    expect(lost.length).toBeGreaterThan(0);
  }, 900_000);
});
