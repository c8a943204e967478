import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { Fault, isResourceType, resourceTypes } from '#platform/fhir';
import { ofPatient, ofType, type Exported } from './export/export-pages.ts';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { ProgressBar } from './api/progress-bar.ts';
import { verb } from './verb.ts';

interface ExportOptions extends ApiFlags {
  readonly output: string;
  readonly type?: string;
  readonly patient?: string;
  readonly since?: string;
}

/** Writes current resources as ndjson, one a line, exactly as they are stored; `septum import` takes it back. */
export function exportVerb() {
  return verb<ExportOptions>(
    'export',
    'write resources as ndjson: all, of some types, or of one patient',
    declare,
    async (options, told) => {
      const types = typesOf(options.type);
      const api = await FhirApi.open(options);
      const counts: Record<string, number> = {};
      const bar = new ProgressBar('resources');
      let written = 0;
      const toStdout = options.output === '-';
      const out = toStdout ? process.stdout : createWriteStream(options.output, { mode: 0o600 });
      try {
        for await (const { type, text } of chosen(api, options, types)) {
          if (!out.write(`${text}\n`)) await once(out, 'drain');
          counts[type] = (counts[type] ?? 0) + 1;
          bar.show(++written);
        }
        if (!toStdout) await finished(out.end());
      } finally {
        bar.end();
      }
      const text = `${written} resources written in ${bar.seconds.toFixed(1)} s.`;
      // The resources are the answer on stdout; the count must not become a line of theirs.
      if (toStdout) told.progress(text);
      else told.answer(text, { written, counts, output: options.output });
    },
  );
}

function declare(command: Command): Command {
  return apiFlags(command)
    .option('-o, --output <file>', 'the file to write; - is stdout', '-')
    .option('--type <types>', 'only these resource types, with commas')
    .option('--patient <id>', 'only what is held of this patient')
    .option('--since <instant>', 'only what changed since');
}

function typesOf(list: string | undefined): string[] {
  const types = list?.split(',').map((type) => type.trim()) ?? [];
  const wrong = types.find((type) => !isResourceType(type));
  if (wrong !== undefined) throw new Fault('bad-parameter', `"${wrong}" is no resource type of FHIR R4.`);
  return types;
}

async function* chosen(
  api: FhirApi,
  { patient, since }: ExportOptions,
  types: readonly string[],
): AsyncGenerator<Exported> {
  if (patient !== undefined) return yield* ofPatient(api, patient, types, since);
  for (const type of types.length > 0 ? types : resourceTypes) yield* ofType(api, type, since);
}
