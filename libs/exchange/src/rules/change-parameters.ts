import { Fault } from '#platform/fhir';
import type { RuleChange } from '#platform/rules';
import { instantText } from './rule-keeper.ts';

/** A change of what is in force, as the operations on rules answer it. */
export function changeParameter({ at, name, version, until, state }: RuleChange): object {
  return {
    name: 'change',
    part: [
      { name: 'at', valueInstant: instantText(at) },
      { name: 'name', valueString: name },
      ...(version === null ? [] : [{ name: 'version', valueString: version }]),
      ...(until === null ? [] : [{ name: 'until', valueInstant: instantText(until) }]),
      { name: 'state', valueCode: state },
    ],
  };
}

export function oneValue(asked: ReadonlyMap<string, readonly string[]>, name: string): string {
  const value = asked.get(name)?.at(-1);
  if (value !== undefined) return value;
  throw new Fault('bad-parameter', `The parameter ${name} is missing. Give it.`);
}

/** Milliseconds since the epoch; undefined when it is not given. Fault `bad-parameter`. */
export function instantIn(asked: ReadonlyMap<string, readonly string[]>, name: string): number | undefined {
  const text = asked.get(name)?.at(-1);
  if (text === undefined) return undefined;
  const instant = /^\d{4}-\d{2}-\d{2}T\S+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new Fault(
    'bad-parameter',
    `${name} must be an instant with its offset, such as 2026-01-31T08:00:00Z.`,
  );
}
