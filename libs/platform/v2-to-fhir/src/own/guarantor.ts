import type { MessageRow, Row, RowOrGap } from '../tables.ts';
import { selfCodes, v2Table } from './rows.ts';

const isSelf = ['is', 'GT1-11', selfCodes] as const;
const yes = { codes: 'YesNoIndicator' } as const;

/** The guarantor's own identifiers, by which a person is known whether they are the patient or another. */
function identifiers(): Row[] {
  return [
    [2, 'GT1-2', 'identifier[guarantor]', { map: 'CX[Identifier]' }],
    [12, 'GT1-12', 'identifier[ssn].value'],
    [12.1, 'GT1-12', 'identifier[ssn].type.coding.code', { set: ['=SS'] }],
    [12.2, 'GT1-12', 'identifier[ssn].type.coding.system', { set: v2Table('0203') }],
    [12.3, 'GT1-12', 'identifier[ssn].system', { set: ['=http://hl7.org/fhir/sid/us-ssn'] }],
    [19, 'GT1-19', 'identifier[employee]', { map: 'CX[Identifier]' }],
  ];
}

function ways(): Row[] {
  return [
    [5, 'GT1-5', 'address[guarantor]', { map: 'XAD[Address]' }],
    [6, 'GT1-6', 'telecom[guarantor]', { map: 'XTN[ContactPoint]' }],
    [6.1, 'GT1-6', 'telecom[guarantor].use', { set: ['=home'], when: ['not', ['valued', 'GT1-6.2']] }],
    [7, 'GT1-7', 'telecom[guarantor-work]', { map: 'XTN[ContactPoint]' }],
    [7.1, 'GT1-7', 'telecom[guarantor-work].use', { set: ['=work'], when: ['not', ['valued', 'GT1-7.2']] }],
  ];
}

/** A contact of the patient: a name, what they are to the patient, how to reach them. */
function contact(line: number, label: string, name: string, role?: string): Row[] {
  const at = `contact[${label}]`;
  const roleRows: Row[] =
    role === undefined
      ? []
      : [
          [line + 0.1, name, `${at}.relationship.coding.code`, { set: [`=${role}`] }],
          [line + 0.2, name, `${at}.relationship.coding.system`, { set: v2Table('0131') }],
        ];
  return [[line, name, `${at}.name`, { map: 'XPN[HumanName]' }], ...roleRows];
}

/** GT1, which HL7's tables leave out: who answers for an account, the patient or someone else. */
export const guarantor: Readonly<Record<string, readonly RowOrGap[]>> = {
  'GT1[RelatedPerson]': [
    ...identifiers(),
    [3, 'GT1-3', 'name', { map: 'XPN[HumanName]' }],
    ...ways(),
    [8, 'GT1-8', 'birthDate'],
    [9, 'GT1-9', 'gender', { map: 'CWE[code]', codes: 'AdministrativeSex' }],
    [11, 'GT1-11', 'relationship[1]', { map: 'CWE[CodeableConcept]', codes: 'Relationship' }],
    [36, 'GT1-36', 'communication.language', { map: 'CWE[CodeableConcept]', codes: 'PrimaryLanguage' }],
    [36.1, 'GT1-36', 'communication.preferred', { set: ['=true'] }],
  ],
  // A patient who answers for the account: what GT1 adds to PID. The name stays the one of PID.
  'GT1[Patient]': [
    ...identifiers(),
    ...ways(),
    ...contact(4, 'spouse', 'GT1-4', 'N'),
    ...contact(16, 'employer', 'GT1-16', 'E'),
    [17, 'GT1-17', 'contact[employer].address', { map: 'XAD[Address]' }],
    [18, 'GT1-18', 'contact[employer].telecom', { map: 'XTN[ContactPoint]' }],
    [29, 'GT1-31', 'contact[employer].period.start'],
    [30, 'GT1-32', 'contact[employer].period.end'],
    ...contact(45, 'contact', 'GT1-45'),
    [46, 'GT1-46', 'contact[contact].telecom', { map: 'XTN[ContactPoint]' }],
    [51, 'GT1-51', 'contact[employer].organization(Organization)', { map: 'XON[Organization]' }],
  ],
  'GT1[Account]': [
    [13, 'GT1-13', 'guarantor.period.start'],
    [14, 'GT1-14', 'guarantor.period.end'],
    [22, 'GT1-22', 'guarantor.onHold', yes],
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
    [line + 0.4, path, 'Patient[1]', 'GT1[Patient]', { when: isSelf }],
  ];
}
