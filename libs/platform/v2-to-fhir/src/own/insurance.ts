import type { Condition, MessageRow, Row, RowOrGap } from '../tables.ts';
import { notValued, selfCodes, v2Table } from './rows.ts';

const isSelf = ['is', 'IN1-17', selfCodes] as const;
const isOther = ['not', isSelf] as const;
const insured = 'subscriber(RelatedPerson)';
const employer = 'policyHolder(Organization)';

/** An identifier of a national programme, from a field that is the number alone. */
function programme(
  line: number,
  field: string,
  label: string,
  code: string,
  { system, when }: { readonly system?: string; readonly when?: Condition } = {},
): Row[] {
  const at = `identifier[${label}]`;
  const details = when === undefined ? {} : { when };
  const systemRow: Row[] =
    system === undefined ? [] : [[line + 0.3, field, `${at}.system`, { ...details, set: [`=${system}`] }]];
  return [
    [line, field, `${at}.value`, details],
    [line + 0.1, field, `${at}.type.coding.code`, { ...details, set: [`=${code}`] }],
    [line + 0.2, field, `${at}.type.coding.system`, { ...details, set: v2Table('0203') }],
    ...systemRow,
  ];
}

const medicare = { system: 'http://hl7.org/fhir/sid/us-medicare' };

function coverageClass(line: number, label: string, code: string, value: string): Row[] {
  return [
    [line, value, `class[${label}].value`, { map: 'CWE[code]' }],
    [line + 0.1, value, `class[${label}].type.coding.code`, { set: [`=${code}`] }],
    [
      line + 0.2,
      value,
      `class[${label}].type.coding.system`,
      { set: ['=http://terminology.hl7.org/CodeSystem/coverage-class'] },
    ],
  ];
}

/** IN1 laid over HL7's table, which has a third of it, and IN2, which HL7 does not map. */
export const insurance: Readonly<Record<string, readonly RowOrGap[]>> = {
  'IN1[Coverage]': [
    ...coverageClass(5.1, 'plan', 'plan', 'IN1-2'),
    [5.4, 'IN1-2', 'class[plan].name', { set: ['IN1-2.2'], when: ['valued', 'IN1-2.2'] }],
    [6, 'IN1-3', 'payor[1](Organization).identifier', { map: 'CX[Identifier]' }],
    [8, 'IN1-5', 'payor[1](Organization).address', { map: 'XAD[Address]' }],
    [8.5, 'IN1-6', 'payor[1](Organization).contact.name', { map: 'XPN[HumanName]' }],
    [9, 'IN1-7', 'payor[1](Organization).telecom', { map: 'XTN[ContactPoint]' }],
    ...coverageClass(10, 'group', 'group', 'IN1-8'),
    [10.3, 'IN1-9', 'class[group].name', { map: 'XON[string]', when: ['valued', 'IN1-8'] }],
    [21, 'IN1-16', `${insured}.name`, { map: 'XPN[HumanName]', when: isOther }],
    [22],
    [
      23.5,
      'IN1-17',
      `${insured}.relationship`,
      { map: 'CWE[CodeableConcept]', codes: 'Relationship', when: isOther },
    ],
    [24, 'IN1-18', `${insured}.birthDate`, { when: isOther }],
    [25, 'IN1-19', `${insured}.address`, { map: 'XAD[Address]', when: isOther }],
    [28, 'IN1-22', 'order'],
    [42, 'IN1-36', 'subscriberId', { when: notValued('IN1-49') }],
    [42.1, 'IN1-36', 'identifier[policy].value'],
    [42.2, 'IN1-36', 'identifier[policy].type.text', { set: ['=Policy Number'] }],
    [43, 'IN1-37', 'costToBeneficiary.valueMoney', { map: 'CP[Money]' }],
    [43.1, 'IN1-37', 'costToBeneficiary.type.coding.code', { set: ['=deductible'] }],
    [
      43.2,
      'IN1-37',
      'costToBeneficiary.type.coding.system',
      { set: ['=http://terminology.hl7.org/CodeSystem/coverage-copay-type'] },
    ],
    [
      43.3,
      'IN1-37',
      'costToBeneficiary.type.coding[price].code',
      { set: ['IN1-37.2'], when: ['valued', 'IN1-37.2'] },
    ],
    [
      43.4,
      'IN1-37',
      'costToBeneficiary.type.coding[price].system',
      { set: v2Table('0205'), when: ['valued', 'IN1-37.2'] },
    ],
    [49, 'IN1-43', `${insured}.gender`, { map: 'CWE[code]', codes: 'AdministrativeSex', when: isOther }],
    [50, 'IN1-44', `${employer}.address`, { map: 'XAD[Address]', when: ['valued', 'IN1-11'] }],
    [55.5, 'IN1-49', 'subscriberId', { set: ['IN1-49.1'] }],
    [55.6, 'IN1-49', `${insured}.identifier[insured]`, { map: 'CX[Identifier]', when: isOther }],
  ],
  'IN1[Coverage-Subscriber]': [],
  'IN2[Coverage]': [
    [1, 'IN2-1', `${insured}.identifier[employee]`, { map: 'CX[Identifier]', when: isOther }],
    [2, 'IN2-2', `${insured}.identifier[ssn].value`, { when: isOther }],
    [2.1, 'IN2-2', `${insured}.identifier[ssn].type.coding.code`, { set: ['=SS'], when: isOther }],
    [2.2, 'IN2-2', `${insured}.identifier[ssn].type.coding.system`, { set: v2Table('0203'), when: isOther }],
    [
      2.3,
      'IN2-2',
      `${insured}.identifier[ssn].system`,
      { set: ['=http://hl7.org/fhir/sid/us-ssn'], when: isOther },
    ],
    ...programme(6, 'IN2-6', 'medicare', 'MC', medicare),
    ...programme(8, 'IN2-8', 'medicaid', 'MA'),
    [
      34,
      'IN2-34',
      `${insured}.communication.language`,
      { map: 'CWE[CodeableConcept]', codes: 'PrimaryLanguage', when: isOther },
    ],
    [34.1, 'IN2-34', `${insured}.communication.preferred`, { set: ['=true'], when: isOther }],
    [49, 'IN2-49', `${employer}.contact.name`, { map: 'XPN[HumanName]', when: ['valued', 'IN1-11'] }],
    [50, 'IN2-50', `${employer}.contact.telecom`, { map: 'XTN[ContactPoint]', when: ['valued', 'IN1-11'] }],
    [61, 'IN2-61', 'identifier[member]', { map: 'CX[Identifier]' }],
    [63, 'IN2-63', `${insured}.telecom`, { map: 'XTN[ContactPoint]', when: isOther }],
    [64, 'IN2-64', `${employer}.telecom`, { map: 'XTN[ContactPoint]', when: ['valued', 'IN1-11'] }],
  ],
  // Medicare has no dependents: its number is the patient's own. A Medicaid case and a military sponsor may be another's.
  'IN2[Patient]': [
    ...programme(6, 'IN2-6', 'medicare', 'MC', medicare),
    ...programme(8, 'IN2-8', 'medicaid', 'MA', { when: isSelf }),
    ...programme(10, 'IN2-10', 'military', 'MI', { when: isSelf }),
    [61, 'IN2-61', 'identifier[member]', { map: 'CX[Identifier]' }],
  ],
};

/** Who is insured through themselves is the patient, not another person. */
export function subscriberRows(line: number, path: string): MessageRow[] {
  return [
    [
      line + 0.1,
      path,
      'Coverage[1]',
      'IN1[Coverage-Subscriber]',
      { when: isSelf, links: [['Coverage[1]', 'subscriber', 'Patient[1]']] },
    ],
  ];
}

export function additionalInsuranceRows(line: number, path: string): MessageRow[] {
  return [
    [line + 0.1, path, 'Coverage[1]', 'IN2[Coverage]'],
    [line + 0.2, path, 'Patient[1]', 'IN2[Patient]'],
  ];
}
