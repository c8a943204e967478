import type { Command } from 'commander';
import { Fault } from '#platform/fhir';
import { demoUntil } from '../demo/demo-house.ts';
import { loadDemo } from '../demo/load-demo.ts';
import { splitVerb } from './demo/split.ts';
import { apiTarget } from './import/api-target.ts';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { ProgressBar } from './api/progress-bar.ts';
import { verb } from './verb.ts';

interface DemoVerbOptions extends ApiFlags {
  readonly patients: string;
  readonly seed: string;
  readonly until?: string;
}

/** Loads synthetic patients into a running Septum; `demo split` tells the story of a part that moves out. */
export function demoVerb() {
  const load = verb<DemoVerbOptions>(
    'demo',
    'load synthetic patients into a running Septum',
    declare,
    async (options, told) => {
      const patients = Number(options.patients);
      if (!Number.isInteger(patients) || patients < 1)
        throw new Fault('bad-parameter', '--patients is a number from 1.');
      const until = options.until === undefined ? demoUntil : Date.parse(options.until);
      if (Number.isNaN(until)) throw new Fault('bad-parameter', '--until is a date such as 2026-11-01.');
      const api = await FhirApi.open(options);
      const bar = new ProgressBar('resources');
      const counts = await loadDemo(apiTarget(api), { patients, seed: options.seed, until }, (stored) =>
        bar.show(stored),
      );
      bar.end();
      const total = counts.created + counts.updated + counts.unchanged;
      const summary = { patients, seed: options.seed, ...counts, seconds: Number(bar.seconds.toFixed(1)) };
      told.answer(
        `${patients} synthetic patients, ${total} resources: ${counts.created} created, ${counts.updated} updated, ` +
          `${counts.unchanged} unchanged, in ${summary.seconds} s.`,
        summary,
      );
    },
  );
  return load.addCommand(splitVerb());
}

function declare(command: Command): Command {
  return apiFlags(command)
    .option('--patients <number>', 'how many', '50')
    .option('--seed <word>', 'other seeds, other people', 'septum')
    .option(
      '--until <date>',
      'when the histories end; the default is fixed, so that the same demo again changes nothing',
    );
}
