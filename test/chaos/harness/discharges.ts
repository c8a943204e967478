import { setTimeout as sleep } from 'node:timers/promises';
import { misapplied } from './checkers.ts';
import type { HouseUnderFire } from './house-under-fire.ts';
import type { Ledger } from './ledger.ts';
import { encounter, patient } from './resources.ts';
import { inboxOf, outboxOf } from './state.ts';
import { create, update } from './write.ts';

const patience = { attempts: 200, limitMs: 5_000 };

/** Admits a new patient and discharges them, `stays` times one after the other. Answers the encounters' ids. */
export async function stay(
  house: HouseUnderFire,
  ledger: Ledger,
  name: string,
  stays: number,
): Promise<string[]> {
  const { resource: subject } = await create(house, ledger, patient(name), patience);
  const ids = Array.from({ length: stays }, (_, nth) => `${name}-${nth}`);
  for (const id of ids) {
    await update(house, ledger, encounter(id, subject!, 'in-progress'), undefined, patience);
    const { outcome } = await update(house, ledger, encounter(id, subject!, 'finished'), undefined, patience);
    if (outcome !== 'ok') throw new Error(`The discharge of ${id} was not answered.`);
  }
  return ids;
}

interface Found {
  readonly type: string;
  readonly versions: number;
}

/**
 * What is wrong with the effects of discharges: every event applied once and in order, and of each encounter exactly one
 * document, each of its three resources in one version. Waits until all are applied, or for so long.
 */
export async function wrongDocuments(
  house: HouseUnderFire,
  discharged: number,
  limitMs = 180_000,
): Promise<string[]> {
  const published = async () => outboxOf(house, 'encounters', 'encounter.discharged');
  const applied = async () => inboxOf(house, 'transitions', 'discharge-summary');
  // An event that was held is released a moment after its effect is there.
  const held = async () => house.query<{ reason: string }>('select reason from transitions.held_event');
  for (const until = Date.now() + limitMs; Date.now() < until; await sleep(200)) {
    if ((await applied()).length >= discharged && (await held()).length === 0) break;
  }
  const outbox = await published();
  const faults = misapplied(outbox, await applied());
  if (outbox.length !== discharged) faults.push(`${outbox.length} events of ${discharged} discharges`);
  const found = await house.query<Found>(
    `select type, version as versions from transitions.resource where type in ('Bundle', 'Composition', 'DocumentReference')`,
  );
  for (const type of ['Bundle', 'Composition', 'DocumentReference']) {
    const made = found.filter((each) => each.type === type);
    if (made.length !== discharged) faults.push(`${made.length} ${type} of ${discharged} discharges`);
    const again = made.filter(({ versions }) => versions > 1).length;
    if (again > 0) faults.push(`${again} ${type} written more than once`);
  }
  faults.push(...(await held()).map(({ reason }) => `held: ${reason}`));
  return faults;
}
