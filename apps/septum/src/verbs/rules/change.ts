import type { Command } from 'commander';
import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { verb, type Told } from '../verb.ts';
import { changeLine } from './list.ts';
import { parameters, parametersIn, partsOf } from '../api/parameters.ts';
import { packOperand } from './pack-operand.ts';

export interface ChangeOptions extends ApiFlags {
  readonly at?: string;
}

export const atFlag = (command: Command) =>
  apiFlags(command).option(
    '--at <instant>',
    'from when on, such as 2026-07-01T00:00:00Z; default: in ten seconds',
  );

export function activateVerb() {
  return verb<ChangeOptions>(
    'activate',
    'have a pack in force from an instant on, in all parts; a former version to go back',
    (command) => atFlag(command.argument('<pack>', 'NAME@VERSION')),
    async (options, told, [operand]) => {
      const { name, version } = packOperand(operand);
      await change(await FhirApi.open(options), { name, version, at: options.at }, told);
    },
  );
}

export function retireVerb() {
  return verb<ChangeOptions>(
    'retire',
    'have no pack in force from an instant on: the rules are those that Septum brings',
    (command) => atFlag(command.argument('<name>', 'the name of the pack in force')),
    async (options, told, [name]) => {
      await change(await FhirApi.open(options), { name: String(name), at: options.at }, told);
    },
  );
}

export async function change(
  api: FhirApi,
  wanted: { readonly name: string; readonly version?: string; readonly at: string | undefined },
  told: Told,
  says = '',
): Promise<void> {
  const operation = wanted.version === undefined ? '$rules-retire' : '$rules-activate';
  const answer = await api.post(operation, parameters(wanted));
  const [settled] = partsOf(parametersIn(answer), 'change');
  told.answer(`${says}All parts know:${changeLine(settled ?? {}).slice(1)}`, settled);
}
