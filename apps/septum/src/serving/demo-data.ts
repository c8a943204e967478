import { systemCaller } from '#platform/access';
import { randomUUID } from 'node:crypto';
import type { ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import type { Messenger } from '#platform/messaging';
import type { Health } from '#platform/runtime';
import { demoUntil } from '../demo/demo-house.ts';
import { dischargeDemo } from '../demo/discharge-demo.ts';
import { loadDemo } from '../demo/load-demo.ts';
import { messengerTarget } from '../demo/messenger-target.ts';

export interface DemoDataOptions {
  readonly home: ContextDatabase;
  readonly messenger: Messenger;
  readonly health: Health;
  /** How many; none are made when there are some already. */
  readonly patients: number;
  readonly progress: (line: string) => void;
}

/** Parts of a demo that start together need a moment until they reach each other. */
const waitMs = 60_000;
const attempts = 20;
/** So many stays end at the first start, for a reader to have documents to look at. */
const stays = 3;

/** Makes the synthetic patients of a demo at its first start; a start that was broken off there does it again. */
export async function makeDemoData({
  home,
  messenger,
  health,
  patients,
  progress,
}: DemoDataOptions): Promise<void> {
  if (patients === 0 || (await isMade(home))) return;
  await untilAllAnswer(health);
  progress(`making ${patients} synthetic patients …`);
  let told = Date.now();
  const options = { patients, seed: 'septum', until: demoUntil };
  const { created, updated, unchanged } = await loadDemo(
    patient(messengerTarget(systemCaller('edge'), messenger)),
    options,
    (stored) => {
      if (Date.now() - told < 2_000) return;
      told = Date.now();
      progress(`  ${stored} resources`);
    },
  );
  progress(`  ${created + updated + unchanged} resources of ${patients} patients are in`);
  await home.query('', {
    text: `insert into edge.job (id, kind, state, client, request, finished_at) values ($1, 'demo', 'done', 'septum', $2, now())`,
    values: [randomUUID(), JSON.stringify({ patients })],
  });
  const discharged = await dischargeDemo(systemCaller('edge'), messenger, options, stays);
  progress(`  ${discharged} of them are discharged now, each with a summary`);
}

/** A machine that is busy with its first start answers late: the same batch is sent again, which changes nothing twice. */
function patient(target: ReturnType<typeof messengerTarget>): ReturnType<typeof messengerTarget> {
  return {
    async store(batch) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await target.store(batch);
        } catch (error) {
          if (attempt === attempts || !(error instanceof Fault) || error.retryAfterSeconds === undefined)
            throw error;
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      }
    },
  };
}

async function isMade(home: ContextDatabase): Promise<boolean> {
  const rows = await home.query('', {
    text: `select from edge.job where kind = 'demo' and state = 'done' limit 1`,
  });
  return rows.length > 0;
}

async function untilAllAnswer(health: Health): Promise<void> {
  for (const until = Date.now() + waitMs; Date.now() < until;) {
    const down = (await health.everywhere()).filter(({ placement }) => placement === 'nowhere');
    if (down.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(
    'The demo data need every part, and not all of them answer. Start the others, or set SEPTUM_DEMO_PATIENTS=0.',
  );
}
