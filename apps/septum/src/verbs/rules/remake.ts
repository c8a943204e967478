import { Fault } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { verb } from '../verb.ts';
import { parametersIn, valuesIn } from '../api/parameters.ts';

/** Ends with 1 when the document comes out otherwise. */
export function remakeVerb() {
  return verb<ApiFlags>(
    'remake',
    'make a document anew from its pack and what it was made of, and compare; nothing is written',
    (command) => apiFlags(command.argument('<composition>', 'Composition/ID')),
    async (options, told, [composition]) => {
      const [, id] = /^Composition\/([A-Za-z0-9.-]{1,64})$/.exec(composition ?? '') ?? [];
      if (id === undefined) throw new Fault('bad-parameter', 'Name the document as Composition/ID.');
      const api = await FhirApi.open(options);
      const part = parametersIn(await api.get(`Composition/${id}/$remake`));
      const found = valuesIn({ name: 'remake', part });
      const verdict = found['equal'] === true ? 'equal, byte for byte' : 'NOT equal';
      told.answer(
        `${String(found['bundle'])}, made by ${String(found['rules'])} of ${String(found['sources'])} resources: ${verdict}.`,
        found,
      );
      if (found['equal'] !== true) process.exitCode = 1;
    },
  );
}
