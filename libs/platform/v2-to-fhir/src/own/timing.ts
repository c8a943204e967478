import type { Row } from '../tables.ts';
import { unitsOfTime } from './rows.ts';

/**
 * TQ1-13 and TQ1-14. HL7 maps the total to `countMax`, which R4 has only beside a `count`; and a duration needs a unit that
 * R4 knows.
 */
export function occurrences(timing: string): Row[] {
  const known = ['is', 'TQ1-13.2', unitsOfTime] as const;
  return [
    [18, 'TQ1-13', `${timing}.repeat.duration`, { set: ['TQ1-13.1'], when: known }],
    [19, 'TQ1-13', `${timing}.repeat.durationUnit`, { set: ['TQ1-13.2'], codes: 'UnitsOfTime', when: known }],
    [20, 'TQ1-14', `${timing}.repeat.count`],
  ];
}
