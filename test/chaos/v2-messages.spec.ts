import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { HouseUnderFire, medications, rest, whole, type Resident } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Random } from './harness/random.ts';
import { tell } from './harness/report.ts';
import { V2Sender } from './harness/v2-sender.ts';
import { wrongInStream, type V2Stream } from './harness/v2-stream.ts';

const senders = 8;
const rounds = shortOrLong(4, 500);

/** What became of one patient's stream. */
async function streamOf(house: HouseUnderFire, { number, acknowledged }: V2Sender): Promise<V2Stream> {
  const ofPatient = `type = 'Patient' and content::json->'identifier'->0->>'value' = $1`;
  const versions = await house.query<{ family: string }>(
    `select content::json->'name'->0->>'family' as family from (
       select version, content from patients.resource where ${ofPatient}
       union all select version, content from patients.history where ${ofPatient}) v order by version`,
    [number],
  );
  const ofResults = `type = 'Observation' and content::json->'subject'->>'reference' in
      (select 'Patient/' || id from patients.resource where ${ofPatient})`;
  const results = await house.query<{ value: number }>(
    `select (content::json->'valueQuantity'->>'value')::int as value from clinical.resource where ${ofResults}`,
    [number],
  );
  const [older] = await house.query<{ count: number }>(
    `select count(*)::int as count from clinical.history where ${ofResults}`,
    [number],
  );
  return {
    patient: number,
    acknowledged,
    versions: versions.map(({ family }) => Number(family.replace('Name', ''))),
    results: results.map(({ value }) => value),
    rewritten: older?.count ?? 0,
  };
}

const standstillMs = 120_000;

/** While it goes on, as long as it takes: what came between the kills was acknowledged faster than it was applied. */
async function allApplied(house: HouseUnderFire): Promise<void> {
  for (let least = Infinity, since = Date.now(); ; await sleep(250)) {
    const [row] = await house.query<{ waiting: number }>(
      `select count(*)::int as waiting from exchange.v2_message where state = 'waiting'`,
    );
    const waiting = row?.waiting ?? 0;
    if (waiting === 0) return;
    if (waiting < least) [least, since] = [waiting, Date.now()];
    if (Date.now() - since > standstillMs)
      throw new Error(`${waiting} messages wait, and none was applied in ${standstillMs / 1_000} s`);
  }
}

describe('HL7 v2 messages under kill -9', () => {
  let house: HouseUnderFire | undefined;
  afterEach(async () => {
    await house?.stop();
    house = undefined;
  });

  it.each<[string, readonly Resident[], string]>([
    ['one process', [whole], 'septum'],
    ['medications out', [rest, medications], 'rest'],
  ])(
    'of %s: none lost, none applied twice, each patient in order',
    async (_what, residents, door) => {
      const seed = seedOfRun();
      const random = new Random(seed);
      const fire = (house = await HouseUnderFire.open(residents));
      const streams = Array.from({ length: senders }, (_, nth) => {
        return new V2Sender(`MRN${nth}`, () => fire.mllpPort(door));
      });
      const running = streams.map((stream) => stream.run());
      const victims = [...residents.map(({ name }) => name), 'postgres', 'nats'];
      const kills: Record<string, number> = {};
      for (let round = 0; round < rounds; round += 1) {
        await sleep(random.between(300, 1_200));
        const victim = round % 2 === 0 ? door : random.pick(victims);
        kills[victim] = (kills[victim] ?? 0) + 1;
        await fire.kill(victim);
        await fire.revive(victim);
      }
      await sleep(1_000);
      streams.forEach((stream) => stream.end());
      await Promise.all(running);
      await allApplied(fire);
      const faults = (await Promise.all(streams.map((stream) => streamOf(fire, stream)))).flatMap(
        wrongInStream,
      );
      const failed = await fire.query(`select issues from exchange.v2_message where state <> 'applied'`);
      const acknowledged = streams.reduce((sum, stream) => sum + stream.acknowledged.length, 0);
      const repeated = streams.reduce((sum, stream) => sum + stream.repeated, 0);
      tell('v2 messages', seed, { kills, acknowledged, repeated, faults: faults.length });
      expect({ seed, faults, failed }).toEqual({ seed, faults: [], failed: [] });
    },
    shortOrLong(600_000, 5_400_000),
  );
});
