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
