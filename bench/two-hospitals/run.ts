/**
 * How soon what happens in one hospital is known in another: `node bench/two-hospitals/run.ts [stays] [topology of both]`,
 * after `npm run build`. Two Septums, a practice that takes HL7 v2 and a subscriber, as in the story of
 * `test/behaviour/own-house/two-hospitals.spec.ts`. Tells, from the sending of the discharge (ADT^A03) on, when each of
 * them had what it is to have: p50 and the longest, in milliseconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { houseTopologies } from '#platform/testing';
import { stayInMessages } from '../../test/behaviour/harness/stay-in-messages.ts';
import { TwoHospitals } from '../../test/behaviour/harness/two-hospitals.ts';

const stays = Number(process.argv[2] ?? '20');
const topology = houseTopologies.find((each) => each === (process.argv[3] ?? 'one'));
if (topology === undefined)
  throw new Error(`There is no such topology; choose of ${houseTopologies.join(', ')}.`);

const gaveUpAfterMs = 60_000;
const lookEveryMs = 5;

/** What is to come of a discharge, and whether it has. */
type Expectation = readonly [what: string, isThere: () => Promise<boolean>];

async function expectationsOf(hospitals: TwoHospitals, who: string): Promise<readonly Expectation[]> {
  const { clinic, practice, board } = hospitals;
  const { id } = await hospitals.one(clinic, `Patient?identifier=${who}`);
  const before = board.news('discharges').length;
  return [
    ['document read in the other hospital', () => documentIsRead(hospitals, String(id))],
    [
      'medication history answered there',
      async () =>
        (await clinic.fhir.get(`Patient/${String(id)}/$medication-history`)).text.includes('Amlodipine'),
    ],
    [
      'third notice in the other hospital',
      async () => (await hospitals.found(clinic, `Communication?subject=Patient/${String(id)}`)).length === 3,
    ],
    ['discharge by HL7 v2 at the practice', async () => practice.events(who).includes('ADT^A03')],
    ['document by HL7 v2 at the practice', async () => practice.events(who).includes('MDM^T02')],
    ['event at the subscriber', async () => board.news('discharges').length > before],
  ];
}

async function documentIsRead(hospitals: TwoHospitals, patient: string): Promise<boolean> {
  const [reference] = await hospitals.found(hospitals.clinic, `DocumentReference?patient=${patient}`);
  if (reference === undefined) return false;
  const [{ attachment }] = reference['content'] as [{ attachment: { url: string } }];
  return (await hospitals.clinic.fhir.get(attachment.url)).status === 200;
}

/** Milliseconds from `began` until it was seen. */
async function seenAfter([what, isThere]: Expectation, began: number): Promise<number> {
  for (;;) {
    if (await isThere()) return performance.now() - began;
    if (performance.now() - began > gaveUpAfterMs)
      throw new Error(`Not seen within ${gaveUpAfterMs} ms: ${what}.`);
    await sleep(lookEveryMs);
  }
}

/** Of each expectation, how long it took in each stay. */
const times = new Map<string, number[]>();

async function stay(hospitals: TwoHospitals, who: string): Promise<void> {
  const feed = await hospitals.registered(who);
  const steps = stayInMessages(who);
  for (const { type, segments } of steps.slice(0, -1)) await feed.send(type, segments);
  const expected = await expectationsOf(hospitals, who);
  const began = performance.now();
  const discharge = steps.at(-1)!;
  await feed.send(discharge.type, discharge.segments);
  await Promise.all(
    expected.map(async (each) => {
      const [what] = each;
      times.set(what, [...(times.get(what) ?? []), await seenAfter(each, began)]);
    }),
  );
}

const hospitals = new TwoHospitals();
try {
  await hospitals.open({ north: topology, clinic: topology });
  await stay(hospitals, '1');
  times.clear();
  for (let nth = 0; nth < stays; nth += 1) await stay(hospitals, String(1_000 + nth));
  console.log(
    `${stays} stays, both hospitals in topology ${topology}; ms after the discharge was sent: p50, longest`,
  );
  for (const [what, taken] of times) {
    const sorted = taken.toSorted((one, other) => one - other);
    const p50 = sorted[Math.floor(sorted.length / 2)]!;
    console.log(`${what.padEnd(40)} ${p50.toFixed(0).padStart(6)} ${sorted.at(-1)!.toFixed(0).padStart(6)}`);
  }
} finally {
  await hospitals.close();
}
