import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenChains, brokenOutbox, lostOrDoubled, partialTransactions } from './harness/checkers.ts';
import { HouseUnderFire, medications, rest, servers } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { startLoad } from './harness/load.ts';
import { late, planStrikes, strikeAll } from './harness/nemesis.ts';
import { tell } from './harness/report.ts';
import { typesUnderFire } from './harness/resources.ts';
import { outboxOf, storedVersions } from './harness/state.ts';

const kills = shortOrLong(8, 24);

describe('a write that was acknowledged', () => {
  let house: HouseUnderFire;
  const seed = seedOfRun();
  const ledger = new Ledger();

  beforeAll(async () => {
    house = await HouseUnderFire.open([rest, medications]);
  }, 120_000);
  afterAll(() => house?.stop());

  it(
    `survives ${kills} kills of any process, PostgreSQL and NATS included`,
    async () => {
      const strikes = planStrikes(seed, [...servers, rest.name, medications.name], kills);
      const load = startLoad({ house, ledger, seed, workers: 4, pauseMs: 25 });
      const struck = await strikeAll(house, ledger, strikes).finally(() => load.end());
      const state = await storedVersions(house, typesUnderFire);
      tell('acknowledged writes', seed, { struck, ledger, versions: state.length });

      const faults = [
        ...lostOrDoubled(ledger.entries, state),
        ...brokenChains(ledger.entries, state),
        ...partialTransactions(ledger.entries, state),
      ];
      for (const context of Object.values(typesUnderFire)) {
        faults.push(...brokenOutbox(await outboxOf(house, context)).map((fault) => `${context}: ${fault}`));
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
    shortOrLong(180_000, 900_000),
  );
});
