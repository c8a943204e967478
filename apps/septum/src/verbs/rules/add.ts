import { Fault, type Issue } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { parametersIn, valueNamed } from '../api/parameters.ts';
import { readTextFile } from '../api/read-text-file.ts';
import { verb } from '../verb.ts';

/** Adds packs; what is wrong with one is told with its file and place, a line each. */
export function addVerb() {
  return verb<ApiFlags>(
    'add',
    'check a rule pack and add it; it is not in force yet',
    (command) => apiFlags(command.argument('<files...>', 'packs, as FHIR Bundles in JSON')),
    async (options, told, files) => {
      const packs = files.map((file) => ({ file, text: readTextFile(file) }));
      const api = await FhirApi.open(options);
      const added = [];
      for (const { file, text } of packs) {
        const answer = parametersIn(
          await api.post('$rules-add', text).catch((error: unknown) => {
            throw refusal(file, error);
          }),
        );
        const [name, version, hash] = ['name', 'version', 'hash'].map((each) =>
          String(valueNamed(answer, each)),
        );
        added.push({ file, name, version, hash });
      }
      const lines = added.map(({ name, version, hash }) => `${name}@${version} is there, sha256 ${hash}.`);
      const [{ name, version } = {}] = added.slice(-1);
      told.answer([...lines, `Next: septum rules try ${name}@${version}, then activate.`].join('\n'), {
        added,
      });
    },
  );
}

/** It names a place, or says that the whole cannot be read. */
function isOfFile({ expression, code }: Issue): boolean {
  return expression !== undefined || code === 'structure';
}

/** What is wrong within the file is told so; any other fault has nothing to do with it. */
export function refusal(file: string, error: unknown): unknown {
  if (!(error instanceof Fault) || !error.issues.some(isOfFile)) return error;
  const lines = error.issues.map(({ expression, diagnostics }) =>
    [file, expression, diagnostics].filter(Boolean).join(': '),
  );
  return new Fault('invalid', `The pack was not added.\n${lines.join('\n')}`);
}
