import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { verb } from '../verb.ts';
import { parametersIn, partsOf, type Parts } from '../api/parameters.ts';

export interface Rules {
  readonly packs: readonly Parts[];
  readonly changes: readonly Parts[];
}

export async function rulesOf(api: FhirApi): Promise<Rules> {
  const parameters = parametersIn(await api.get('$rules-list'));
  return { packs: partsOf(parameters, 'pack'), changes: partsOf(parameters, 'change') };
}

export function listVerb() {
  return verb<ApiFlags>(
    'list',
    'tell which packs there are and from when each is in force',
    apiFlags,
    async (options, told) => {
      const rules = await rulesOf(await FhirApi.open(options));
      told.answer(textOf(rules), rules);
    },
  );
}

function textOf({ packs, changes }: Rules): string {
  if (packs.length === 0) return 'There are no rule packs: the rules are those that Septum brings.';
  const inForce = packs.find((pack) => pack['inForce'] === true);
  return [
    inForce === undefined
      ? 'In force: the rules that Septum brings.'
      : `In force: ${String(inForce['name'])}@${String(inForce['version'])}.`,
    'Packs:',
    ...packs.map(
      (pack) =>
        `  ${String(pack['name'])}@${String(pack['version'])}  added ${String(pack['added'])}  ${String(pack['hash']).slice(0, 12)}`,
    ),
    ...(changes.length === 0 ? [] : ['Changes:']),
    ...changes.map(changeLine),
  ].join('\n');
}

export function changeLine({ at, name, version, until, state }: Parts): string {
  const what = version === undefined ? `${String(name)} retired` : `${String(name)}@${String(version)}`;
  const end = until === undefined ? '' : `, until ${String(until)}`;
  return `  from ${String(at)}  ${what}${end}${state === 'settled' ? '' : `  (${String(state)})`}`;
}
