import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenChains, brokenOutbox, lostOrDoubled, partialTransactions } from './harness/checkers.ts';
import { stay, wrongDocuments } from './harness/discharges.ts';
import { HouseUnderFire, medications, rest } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { startLoad } from './harness/load.ts';
import { Random } from './harness/random.ts';
import { tell } from './harness/report.ts';
import { typesUnderFire } from './harness/resources.ts';
import { settledOutbox, storedVersions } from './harness/state.ts';

const copies = [rest, medications].flatMap((each) => [each, { ...each, name: `${each.name}-copy` }]);
const rounds = shortOrLong(1, 6);
const patients = shortOrLong(6, 20);

describe('two copies of every process on the same databases', () => {
  const seed = seedOfRun();
  const ledger = new Ledger();
  let house: HouseUnderFire;

  beforeAll(async () => {
    house = await HouseUnderFire.open(copies);
  });
  afterAll(() => house?.stop());

  it(
    'one of each killed: one document for each discharge, and no write lost',
    async () => {
      const random = new Random(seed);
      const load = startLoad({ house, ledger, seed, workers: 2, pauseMs: 40 });
      const discharged: string[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const stays = Array.from({ length: patients }, (_, nth) =>
          stay(house, ledger, `round-${round}-${nth}`, 2),
        );
        const victims = [rest, medications].map(({ name }) => random.pick([name, `${name}-copy`]));
        await sleep(random.between(0, 400));
        for (const victim of victims) {
          await house.kill(victim);
          await sleep(random.between(0, 300));
        }
        discharged.push(...(await Promise.all(stays)).flat());
        await Promise.all(victims.map((victim) => house.revive(victim)));
      }
      await load.end();
      const faults = await wrongDocuments(house, discharged.length);
      const state = await storedVersions(house, typesUnderFire);
      faults.push(
        ...lostOrDoubled(ledger.entries, state),
        ...brokenChains(ledger.entries, state),
        ...partialTransactions(ledger.entries, state),
      );
      for (const context of Object.values(typesUnderFire))
        faults.push(...brokenOutbox(await settledOutbox(house, context)));
      tell('two copies', seed, {
        kills: rounds * 2,
        discharges: discharged.length,
        ledger,
        faults: faults.length,
      });
      expect({ seed, saved: faults.length > 0 && ledger.save(seed), faults }).toEqual({
        seed,
        saved: false,
        faults: [],
      });
    },
    shortOrLong(900_000, 1_800_000),
  );
});
