import { readFileSync } from 'node:fs';
import { Fault, type Issue } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from '../import/fhir-api.ts';
import { verb } from '../verb.ts';
import { parametersIn, valueOf } from './parameters.ts';

/** Adds packs; what is wrong with one is told with its file and place, a line each. */
export function addVerb() {
  return verb<ApiFlags>(
    'add',
    'check a rule pack and add it; it is not in force yet',
    (command) => apiFlags(command.argument('<files...>', 'packs, as FHIR Bundles in JSON')),
    async (options, told, files) => {
      const api = await FhirApi.open(options);
      const added = [];
      for (const file of files) {
        const response = await api.request('POST', '$rules-add', readFileSync(file, 'utf8'));
        const text = await response.text();
        if (!response.ok) throw new Fault('invalid', problems(file, text, response.status));
        const [name, version, hash] = ['name', 'version', 'hash'].map((each) =>
          String(valueOf(parametersIn(text).find((parameter) => parameter.name === each))),
        );
        added.push({ file, name, version, hash });
      }
      const lines = added.map(({ name, version, hash }) => `${name}@${version} is there, sha256 ${hash}.`);
      told.answer([...lines, 'Next: septum rules try NAME@VERSION, then activate.'].join('\n'), { added });
    },
  );
}

function problems(file: string, text: string, status: number): string {
  try {
    const { issue = [] } = JSON.parse(text) as {
      issue?: readonly { diagnostics?: Issue['diagnostics']; expression?: readonly string[] }[];
    };
    const lines = issue.map(({ expression = [], diagnostics }) =>
      [file, ...expression, diagnostics].filter(Boolean).join(': '),
    );
    return `The pack was not added.\n${lines.join('\n')}`;
  } catch {
    return `${file} was answered ${status}. Look at the log of Septum.`;
  }
}
