import type { Command } from 'commander';
import { Fault } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { verb, type Told } from '../verb.ts';
import { changeLine, rulesOf } from './list.ts';
import { parameters, parametersIn, partsOf, type Parts } from '../api/parameters.ts';
import { packOperand } from './pack-operand.ts';

interface ChangeOptions extends ApiFlags {
  readonly at?: string;
}

const flags = (command: Command) =>
  apiFlags(command).option(
    '--at <instant>',
    'from when on, such as 2026-07-01T00:00:00Z; default: in ten seconds',
  );

export function activateVerb() {
  return verb<ChangeOptions>(
    'activate',
    'have a pack in force from an instant on, in all parts; a former version to go back',
    (command) => flags(command.argument('<pack>', 'NAME@VERSION')),
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
    (command) => flags(command.argument('<name>', 'the name of the pack in force')),
    async (options, told, [name]) => {
      await change(await FhirApi.open(options), { name: String(name), at: options.at }, told);
    },
  );
}

export function rollbackVerb() {
  return verb<ChangeOptions>(
    'rollback',
    'have in force again what was before the pack in force',
    flags,
    async (options, told) => {
      const api = await FhirApi.open(options);
      const { changes } = await rulesOf(api);
      await change(api, { ...previous(changes, Date.now()), at: options.at }, told);
    },
  );
}

/** What was in force before; without a version: none was. */
export function previous(
  changes: readonly Parts[],
  now: number,
): { readonly name: string; readonly version?: string } {
  const past = changes.filter(({ at, state }) => state === 'settled' && Date.parse(String(at)) <= now);
  const [current, before] = past.toReversed();
  if (current?.['version'] === undefined)
    throw new Fault(
      'not-found',
      'No pack is in force. septum rules list tells what was; activate names a version.',
    );
  const name = String((before?.['version'] === undefined ? current : before)['name']);
  return before?.['version'] === undefined ? { name } : { name, version: String(before['version']) };
}

async function change(
  api: FhirApi,
  wanted: { readonly name: string; readonly version?: string; readonly at: string | undefined },
  told: Told,
): Promise<void> {
  const operation = wanted.version === undefined ? '$rules-retire' : '$rules-activate';
  const answer = await api.post(operation, parameters(wanted));
  const [settled] = partsOf(parametersIn(answer), 'change');
  told.answer(`All parts know:${changeLine(settled ?? {}).slice(1)}`, settled);
}
