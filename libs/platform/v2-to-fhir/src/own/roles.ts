import type { MessageRow } from '../tables.ts';
import { orders } from './charges.ts';

/** What a role belongs to, by the group that its segment stands in, and the element that takes it. */
const holders: readonly (readonly [path: RegExp, links: readonly (readonly [string, string])[]])[] = [
  [/(^|\.)(PRT|ROL)@PID$/, []],
  [/(^PRT@PV1|VISIT\.PRT)$/, [['Encounter[1]', 'participant.individual']]],
  [/PROCEDURE\.(PRT|ROL)$/, [['Procedure', 'performer.actor']]],
  [/^ORDER(\.ORDER_DETAIL|\.ENCODING)?\.PRT$/, orders],
];

/** Who had a part in a visit, a procedure or an order, where HL7 names their segment and leaves it without a map. */
export function roleRows(line: number, path: string): MessageRow[] {
  const [, links = []] = holders.find(([at]) => at.test(path)) ?? [];
  if (links.length === 0) return [];
  const role = `PractitionerRole[at${line}]`;
  const device = `Device[at${line}]`;
  const map = path.includes('PRT') ? 'PRT[PractitionerRole]' : 'ROL[PractitionerRole]';
  const to = (label: string) => ({ links: links.map(([from, element]) => [from, element, label] as const) });
  const rows: MessageRow[] = [[line + 0.1, path, role, map, to(role)]];
  if (links === orders && map.startsWith('PRT'))
    rows.push([line + 0.2, path, device, 'PRT[Device]', { ...to(device), when: hasDevice }]);
  return rows;
}

const hasDevice = ['any', ['valued', 'PRT-10'], ['valued', 'PRT-16']] as const;
