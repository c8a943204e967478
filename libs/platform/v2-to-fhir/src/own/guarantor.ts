import type { MessageRow, RowOrGap } from '../tables.ts';
import { v2Table } from './rows.ts';

const isSelf = ['is', 'GT1-11', ['SEL', 'S', '18']] as const;

/** GT1, which HL7's tables leave out: who answers for an account, the patient or someone else. */
export const guarantor: Readonly<Record<string, readonly RowOrGap[]>> = {
  'GT1[RelatedPerson]': [
    [2, 'GT1-2', 'identifier[1]', { map: 'CX[Identifier]' }],
    [3, 'GT1-3', 'name', { map: 'XPN[HumanName]' }],
    [5, 'GT1-5', 'address', { map: 'XAD[Address]' }],
    [6, 'GT1-6', 'telecom[1]', { map: 'XTN[ContactPoint]' }],
    [7, 'GT1-7', 'telecom[2]', { map: 'XTN[ContactPoint]' }],
    [8, 'GT1-8', 'birthDate'],
    [9, 'GT1-9', 'gender', { map: 'CWE[code]', codes: 'AdministrativeSex' }],
    [11, 'GT1-11', 'relationship[1]', { map: 'CWE[CodeableConcept]', codes: 'Relationship' }],
    [12, 'GT1-12', 'identifier[2].value'],
    [12.1, 'GT1-12', 'identifier[2].type.coding.code', { set: ['=SS'] }],
    [12.2, 'GT1-12', 'identifier[2].type.coding.system', { set: v2Table('0203') }],
    [12.3, 'GT1-12', 'identifier[2].system', { set: ['=http://hl7.org/fhir/sid/us-ssn'] }],
  ],
  'GT1[Account]': [
    [13, 'GT1-13', 'guarantor.period.start'],
    [14, 'GT1-14', 'guarantor.period.end'],
  ],
};

/** The rows for a GT1 at a line of a message table. */
export function guarantorRows(line: number, path: string): MessageRow[] {
  const other = 'RelatedPerson[guarantor]';
  return [
    [line + 0.1, path, other, 'GT1[RelatedPerson]', { when: ['not', isSelf] }],
    [
      line + 0.2,
      path,
      'Account',
      'GT1[Account]',
      { when: ['not', isSelf], links: [['Account', 'guarantor.party', other]] },
    ],
    [
      line + 0.3,
      path,
      'Account',
      'GT1[Account]',
      { when: isSelf, links: [['Account', 'guarantor.party', 'Patient[1]']] },
    ],
  ];
}
