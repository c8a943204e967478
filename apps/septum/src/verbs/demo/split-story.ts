import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunFile, type RunFile } from '#platform/runtime';
import { demoUntil } from '../../demo/demo-house.ts';
import { loadDemo } from '../../demo/load-demo.ts';
import { apiTarget } from '../import/api-target.ts';
import { FhirApi } from '../api/fhir-api.ts';
import { startNats, type NatsChild } from './nats-child.ts';
import type { Narrator } from './narrator.ts';
import { killedPicture, onePicture, splitPicture } from './pictures.ts';
import { SeptumChild } from './septum-child.ts';
import { ada, stay, Ward } from './ward.ts';

interface PartPlacement {
  readonly part: string;
  readonly state: string;
  readonly pid: number;
}

/** Everything the story starts, so that all of it is ended. */
interface Stage {
  readonly folder: string;
  readonly house: SeptumChild;
  readonly medications: SeptumChild;
  nats?: NatsChild;
}

/**
 * One house, told in six steps: everything in one process; `medications` moves out; is killed while a patient is
 * discharged; comes back. Every line with a tick was looked at through the API.
 */
export async function splitStory(folder: string, narrator: Narrator): Promise<void> {
  const stage: Stage = {
    folder,
    house: new SeptumChild(join(folder, 'house')),
    medications: new SeptumChild(join(folder, 'medications')),
  };
  try {
    const before = await together(stage, narrator);
    const ward = await apart(stage, narrator, before);
    await killed(stage, narrator, ward);
    await dischargedWithout(narrator, ward);
    await back(stage, narrator, ward);
  } finally {
    await stage.medications.end('SIGTERM');
    await stage.house.end('SIGTERM');
    await stage.nats?.end();
  }
}

async function together({ house }: Stage, narrator: Narrator): Promise<{ ward: Ward; history: string[] }> {
  narrator.step('1  Everything in one process');
  narrator.picture(onePicture);
  await house.start([], {});
  const ward = new Ward(await FhirApi.open({ dataDir: house.dataDir }));
  await narrator.fact(
    'all parts answer from one process',
    async () => {
      const parts = await placements(ward.api);
      return parts.every(({ state, pid }) => state === 'ready' && pid === house.pid)
        ? `pid ${house.pid}, ${parts.length} parts`
        : undefined;
    },
    10_000,
  );
  await narrator.fact('ten synthetic patients are loaded', async () => {
    const { created } = await loadDemo(
      apiTarget(ward.api),
      { patients: 10, seed: 'split', until: demoUntil },
      () => undefined,
    );
    return created > 0 ? `${created} resources` : undefined;
  });
  await narrator.fact('Ada is admitted, heparin ordered and given', async () => {
    await ward.admit();
    await ward.orderAndGive();
    return `${ward.acknowledged.length} writes acknowledged`;
  });
  const history = (await ward.history()) ?? [];
  await narrator.fact('her medication history', async () =>
    history.length === 2 ? history.join(', ') : undefined,
  );
  return { ward, history };
}

async function apart(
  stage: Stage,
  narrator: Narrator,
  before: { ward: Ward; history: string[] },
): Promise<Ward> {
  const { house, medications, folder } = stage;
  narrator.step('2  medications moves out into a process of its own');
  narrator.picture(splitPicture);
  await house.end('SIGTERM');
  stage.nats = await startNats(join(folder, 'nats'));
  const run = await house.start(['--except', 'medications'], { SEPTUM_NATS_URL: stage.nats.url });
  await startMedications(stage, run.database!);
  const ward = new Ward(await FhirApi.open({ dataDir: house.dataDir }));
  ward.acknowledged.push(...before.ward.acknowledged);
  await narrator.fact(
    'medications answers from another process',
    async () => {
      const parts = await placements(ward.api);
      const moved = parts.find(({ part }) => part === 'medications');
      return moved?.state === 'ready' && moved.pid === medications.pid
        ? `pid ${moved.pid}, all else pid ${house.pid}`
        : undefined;
    },
    15_000,
  );
  await narrator.fact(
    'the history is the same, now over NATS',
    async () => {
      const history = await ward.history();
      return history?.join() === before.history.join() ? history.join(', ') : undefined;
    },
    5_000,
  );
  await narrator.fact('a second dose is written there', async () => {
    await ward.give('demo-split-second-dose', '2026-11-01T21:00:00Z');
    return (await ward.history())?.length === 3 ? 'three lines' : undefined;
  });
  return ward;
}

async function killed({ medications }: Stage, narrator: Narrator, ward: Ward): Promise<void> {
  narrator.step('3  medications is killed');
  narrator.picture(killedPicture);
  await medications.end('SIGKILL');
  await narrator.fact('what it owns is refused, and says when to come again', async () => {
    const response = await ward.api.request('GET', `MedicationRequest?patient=${ada}`);
    const { resourceType } = (await response.json()) as { resourceType: string };
    const after = response.headers.get('retry-after');
    return response.status === 503 && after !== null && resourceType === 'OperationOutcome'
      ? `503, Retry-After ${after} s, OperationOutcome`
      : undefined;
  });
  await narrator.fact('all of Ada ($everything) is partial and says so', async () => {
    const entries = (await ward.bundle(`Patient/${ada}/$everything`))?.entry ?? [];
    const said = entries.some(({ resource }) => resource.issue?.some(({ code }) => code === 'incomplete'));
    const types = new Set(entries.map(({ resource }) => resource.resourceType));
    return said && types.has('Encounter') && !types.has('MedicationRequest')
      ? `${entries.length - 1} resources and an OperationOutcome`
      : undefined;
  });
  await narrator.fact('all other parts work', async () => {
    const code = { text: 'Heart rate' };
    await ward.put({
      resourceType: 'Observation',
      id: 'demo-split-pulse',
      status: 'final',
      code,
      subject: { reference: `Patient/${ada}` },
    });
    const patient = await ward.api.request('GET', `Patient/${ada}`);
    await patient.text();
    return patient.status === 200 ? 'an Observation is written, the Patient read' : undefined;
  });
}

async function dischargedWithout(narrator: Narrator, ward: Ward): Promise<void> {
  narrator.step('4  Ada is discharged while medications is away');
  await narrator.fact('the discharge is accepted', () => ward.discharge());
  await narrator.fact('no document is made without her medications', async () => {
    await sleep(2_000);
    return (await ward.documents()).length === 0 ? 'none after two seconds' : undefined;
  });
}

async function back(stage: Stage, narrator: Narrator, ward: Ward): Promise<void> {
  narrator.step('5  medications comes back');
  narrator.picture(splitPicture);
  const killedAt = performance.now();
  await startMedications(stage, runOf(stage).database!);
  await narrator.fact(
    'the history is whole again',
    async () => {
      const history = await ward.history();
      return history?.length === 3
        ? `three lines, ${((performance.now() - killedAt) / 1000).toFixed(1)} s after the start`
        : undefined;
    },
    10_000,
  );
  await narrator.fact(
    'there is exactly one discharge document',
    async () => {
      const documents = await ward.documents();
      return documents.length === 1 ? `DocumentReference/${documents[0]!.resource.id}` : undefined;
    },
    30_000,
  );
  await narrator.fact('it holds what was ordered and given', async () => {
    const summaries = (await ward.bundle(`Composition?encounter=Encounter/${stay}`))?.entry ?? [];
    const told = JSON.stringify(summaries);
    const doses = told.match(/MedicationAdministration\/demo-split-[a-z-]+/g) ?? [];
    return summaries.length === 1 && told.includes('MedicationRequest/demo-split-order')
      ? `the order and ${new Set(doses).size} doses`
      : undefined;
  });
  await narrator.fact('still one, two seconds later', async () => {
    await sleep(2_000);
    return (await ward.documents()).length === 1 ? '' : undefined;
  });
  await narrator.fact('nothing acknowledged was lost', async () => {
    const keys = [...new Set(ward.acknowledged)];
    const answers = await Promise.all(keys.map((key) => ward.api.request('GET', key)));
    for (const answer of answers) await answer.text();
    return answers.every(({ status }) => status === 200)
      ? `${keys.length} of ${keys.length} resources are there`
      : undefined;
  });
}

async function startMedications({ medications, nats }: Stage, database: string): Promise<void> {
  await medications.start(['--only', 'medications'], {
    SEPTUM_NATS_URL: nats!.url,
    SEPTUM_DATABASE_URL: database,
  });
}

function runOf({ house }: Stage): RunFile {
  return readRunFile(house.dataDir)!;
}

async function placements(api: FhirApi): Promise<readonly PartPlacement[]> {
  const response = await api.request('GET', api.base.replace('/fhir/R4', '/health/contexts'));
  const { contexts } = (await response.json()) as { contexts: PartPlacement[] };
  if (contexts.length === 0) throw new Error('no parts are told');
  return contexts;
}
