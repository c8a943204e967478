import type { Command } from 'commander';
import { apiTarget } from './import/api-target.ts';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { importFiles, textsIn, type ImportFile } from './import/import-files.ts';
import { ImportRun, type ImportCounts } from './import/import-run.ts';
import { ProgressBar } from './api/progress-bar.ts';
import { RejectsFile } from './import/rejects-file.ts';
import { verb } from './verb.ts';

interface ImportOptions extends ApiFlags {
  readonly rejects: string;
}

/** Loads files into a running Septum, ids kept. Ends with 1 when a resource was rejected. */
export function importVerb() {
  return verb<ImportOptions>(
    'import',
    'load Bundles, ndjson, single resources, plain or gzip, from files and folders; ids are kept',
    declare,
    async (options, told, operands) => {
      const files = await importFiles(operands);
      const api = await FhirApi.open(options);
      const rejects = new RejectsFile(options.rejects);
      const bar = new ProgressBar('resources');
      const bytes = 2 * files.reduce((sum, file) => sum + file.bytes, 0);
      let [begun, stored] = [0, 0];
      const show = () => bar.show(stored, begun / Math.max(bytes, 1));
      const run = new ImportRun(apiTarget(api), {
        rejected: (what) => rejects.add(what),
        progress: (counts) => {
          stored = storedOf(counts);
          show();
        },
      });
      // Each file is read twice; the bar counts both.
      const opened = (file: ImportFile) => {
        show();
        begun += file.bytes;
      };
      try {
        const counts = await run.run(() => textsIn(files, opened));
        const { seconds } = bar;
        bar.end();
        const summary = {
          files: files.length,
          ...counts,
          seconds: Number(seconds.toFixed(1)),
          perSecond: Math.round(storedOf(counts) / seconds),
        };
        const rejectsFile = counts.rejected > 0 ? rejects.path : undefined;
        told.answer(textOf(summary, rejectsFile), {
          ...summary,
          ...(rejectsFile === undefined ? {} : { rejectsFile }),
        });
        if (counts.rejected > 0) process.exitCode = 1;
      } finally {
        bar.end();
        rejects.close();
      }
    },
  );
}

function declare(command: Command): Command {
  return apiFlags(command.argument('<files...>', 'files and folders, in the order to import them')).option(
    '--rejects <file>',
    'where to write what is rejected, with reasons',
    'septum-import-rejects.ndjson',
  );
}

function storedOf({ created, updated, unchanged }: Readonly<ImportCounts>): number {
  return created + updated + unchanged;
}

const shownReferences = 5;

function textOf(
  counts: Readonly<ImportCounts> & { files: number; seconds: number; perSecond: number },
  rejectsFile: string | undefined,
): string {
  const { unresolved } = counts;
  const more =
    unresolved.length > shownReferences
      ? `, and ${unresolved.length - shownReferences} more (--json lists all)`
      : '';
  return [
    `${counts.resources} resources in ${counts.files} files, ${counts.distinct} distinct: ` +
      `${counts.created} created, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.rejected} rejected.`,
    `${counts.seconds} s, ${counts.perSecond} resources a second.`,
    ...(unresolved.length > 0
      ? [
          `${unresolved.length} references resolve to nothing and were kept: ${unresolved.slice(0, shownReferences).join(', ')}${more}.`,
        ]
      : []),
    ...(rejectsFile === undefined ? [] : [`What was rejected, and why: ${rejectsFile}`]),
  ].join('\n');
}
