import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually } from '#platform/testing';
import { brokenOutbox } from './harness/checkers.ts';
import { stay, wrongDocuments } from './harness/discharges.ts';
import { HouseUnderFire, type Resident } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { tell } from './harness/report.ts';
import { outboxOf, settledOutbox } from './harness/state.ts';

const others: Resident = { name: 'others', arguments: ['--except', 'transitions'], hasEdge: true };
const transitions: Resident = { name: 'transitions', arguments: ['--only', 'transitions'], hasEdge: false };
const patients = shortOrLong(8, 60);
const staysEach = 3;
const streamOfEncounters = 'septum-encounters';

describe('the storage of NATS deleted while events are on their way', () => {
  const seed = seedOfRun();
  const ledger = new Ledger();
  let house: HouseUnderFire;

  beforeAll(async () => {
    house = await HouseUnderFire.open([others, transitions]);
  });
  afterAll(() => house?.stop());

  it(
    'every event is applied exactly once all the same',
    async () => {
      const discharge = async (name: string) =>
        (
          await Promise.all(
            Array.from({ length: patients }, (_, nth) => stay(house, ledger, `${name}-${nth}`, staysEach)),
          )
        ).flat();
      // Some are applied before, some wait in the stream when it goes, some come while there is no NATS.
      const before = await discharge('before');
      await house.kill(transitions.name);
      const pending = await discharge('pending');
      const shipped = await untilShipped();
      await house.kill('nats');
      house.deleteNatsStorage();
      const without = await discharge('without');
      await house.revive('nats');
      const began = performance.now();
      await house.revive(transitions.name);
      const all = [...before, ...pending, ...without];
      const faults = await wrongDocuments(house, all.length);
      const ms = Math.round(performance.now() - began);
      faults.push(...brokenOutbox(await settledOutbox(house, 'encounters')));
      tell('NATS storage lost', seed, {
        discharges: all.length,
        shippedBefore: shipped,
        appliedAfterMs: ms,
        faults: faults.length,
      });
      expect({ seed, faults }).toEqual({ seed, faults: [] });
    },
    shortOrLong(900_000, 1_800_000),
  );

  /** Resolves when the stream holds all that the encounters published so far; answers how many events. */
  async function untilShipped(): Promise<number> {
    const connection = await connect({ servers: house.natsUrl });
    try {
      const manager = await jetstreamManager(connection);
      return await eventually(async () => {
        const published = await outboxOf(house, 'encounters', 'encounter.discharged');
        const { state } = await manager.streams.info(streamOfEncounters);
        if (state.messages < published.length || published.some(({ position }) => position === null))
          throw new Error(`The stream holds ${state.messages} of ${published.length} events.`);
        return state.messages;
      });
    } finally {
      await connection.close();
    }
  }
});
