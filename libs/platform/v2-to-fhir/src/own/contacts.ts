import type { MessageRow, RowOrGap } from '../tables.ts';

/** Table 0131: whom to call about a patient. Others in CTD are contacts of the order. */
const ofThePatient = ['C', 'E', 'F', 'I', 'N', 'S'];

/** CTD, which HL7's tables leave out. */
export const contacts: Readonly<Record<string, readonly RowOrGap[]>> = {
  'CTD[Patient]': [
    [1, 'CTD-1', 'contact.relationship', { map: 'CWE[CodeableConcept]' }],
    [2, 'CTD-2', 'contact.name', { map: 'XPN[HumanName]' }],
    [3, 'CTD-3', 'contact.address', { map: 'XAD[Address]' }],
    [5, 'CTD-5', 'contact.telecom', { map: 'XTN[ContactPoint]' }],
  ],
};

export function contactRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'Patient[1]', 'CTD[Patient]', { when: ['is', 'CTD-1', ofThePatient] }]];
}
