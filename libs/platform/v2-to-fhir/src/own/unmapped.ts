import type { MessageRow } from '../tables.ts';
import { billingRows, chargeRows, referralRows, trialRows } from './charges.ts';
import { contactRows } from './contacts.ts';
import { guarantorRows } from './guarantor.ts';
import { accidentRows, deathRows } from './incidents.ts';
import { additionalInsuranceRows } from './insurance.ts';
import { disabilityRows, restrictionRows } from './restrictions.ts';
import { roleRows } from './roles.ts';

type Rows = (line: number, path: string) => readonly MessageRow[];

/** What is made of segments that HL7's message tables name and leave without a map. */
const maps: Readonly<Record<string, Rows>> = {
  ACC: accidentRows,
  ARV: restrictionRows,
  BLG: billingRows,
  CTD: contactRows,
  CTI: trialRows,
  DB1: disabilityRows,
  FT1: chargeRows,
  GT1: guarantorRows,
  IN2: additionalInsuranceRows,
  PDA: deathRows,
  PRT: roleRows,
  RF1: referralRows,
  ROL: roleRows,
};

/** The rows that stand for one without a map, wherever in a message its segment stands. */
export function rowsInstead([line, path, label]: MessageRow): readonly MessageRow[] {
  if (label !== undefined) return [];
  const [name = ''] = (path.split('.').at(-1) ?? '').split('@');
  return maps[name]?.(line, path) ?? [];
}
