import type { MessageRow, MessageRowDetails, RowOrGap } from '../tables.ts';
import { snomed } from './rows.ts';

/** Referrals, charges, billing accounts and trials, which HL7's tables leave out. */
export const charges: Readonly<Record<string, readonly RowOrGap[]>> = {
  'RF1[ServiceRequest]': [
    [0.1, '', 'intent', { set: ['=order'] }],
    [0.2, '', 'category[referral].coding.code', { set: ['=3457005'] }],
    [0.3, '', 'category[referral].coding.display', { set: ['=Patient referral'] }],
    [0.4, '', 'category[referral].coding.system', { set: snomed }],
    [1, 'RF1-1', 'status', { map: 'CWE[code]', codes: 'ReferralStatus' }],
    [2, 'RF1-2', 'priority', { map: 'CWE[code]', codes: 'ReferralPriority' }],
    [3, 'RF1-3', 'category[type]', { map: 'CWE[CodeableConcept]' }],
    [5, 'RF1-5', 'code', { map: 'CWE[CodeableConcept]' }],
    [6, 'RF1-6', 'identifier[originating]', { map: 'EI[Identifier-Extension]' }],
    [7, 'RF1-7', 'occurrencePeriod.start'],
    [8, 'RF1-8', 'occurrencePeriod.end'],
    [9, 'RF1-9', 'authoredOn'],
    [10, 'RF1-10', 'reasonCode', { map: 'CWE[CodeableConcept]' }],
    [11, 'RF1-11', 'identifier[external]', { map: 'EI[Identifier-Extension]' }],
    [14, 'RF1-14', 'reasonCode.text'],
    [19, 'RF1-19', 'performer[organization](Organization)', { map: 'XON[Organization]' }],
    [20, 'RF1-20', 'performer[person](Practitioner)', { map: 'XCN[Practitioner]' }],
    [24, 'RF1-24', 'note.text'],
  ],
  'FT1[ChargeItem]': [
    [2, 'FT1-2', 'identifier', { map: 'CX[Identifier]' }],
    [4, 'FT1-4', 'occurrenceDateTime', { map: 'DR[dateTime]' }],
    [5, 'FT1-5', 'enteredDate'],
    [7, 'FT1-7', 'code', { map: 'CWE[CodeableConcept]' }],
    [10, 'FT1-10', 'quantity.value'],
    [11, 'FT1-11', 'priceOverride', { map: 'CP[Money]' }],
    [13, 'FT1-13', 'costCenter(Organization)', { map: 'CWE[Organization]' }],
    [19, 'FT1-19', 'reason', { map: 'CWE[CodeableConcept]' }],
    [20, 'FT1-20', 'performer.actor(Practitioner)', { map: 'XCN[Practitioner]' }],
    [24, 'FT1-24', 'enterer(Practitioner)', { map: 'XCN[Practitioner]' }],
    [29, 'FT1-29', 'productCodeableConcept', { map: 'CWE[CodeableConcept]' }],
    [32, 'FT1-32', 'performingOrganization(Organization)', { map: 'XON[Organization]' }],
    [33, 'FT1-33', 'requestingOrganization(Organization)', { map: 'XON[Organization]' }],
  ],
  'FT1[Procedure]': [
    [25, 'FT1-25', 'code', { map: 'CWE[CodeableConcept]' }],
    [25.1, 'FT1-25', 'status', { set: ['=unknown'] }],
  ],
  'BLG[Account]': [
    [0.1, '', 'status', { set: ['=active'] }],
    [3, 'BLG-3', 'identifier', { map: 'CX[Identifier]' }],
  ],
  'CTI[ResearchStudy]': [
    [0.1, '', 'status', { set: ['=active'] }],
    [1, 'CTI-1', 'identifier', { map: 'EI[Identifier-Extension]' }],
    [2, 'CTI-2', 'phase', { map: 'CWE[CodeableConcept]' }],
  ],
};

export function referralRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'ServiceRequest[referral]', 'RF1[ServiceRequest]']];
}

/** The labels of what may be ordered, and the element that takes what belongs to an order. */
export const orders = [
  ['ServiceRequest[1]', 'supportingInfo'],
  ['MedicationRequest[1]', 'supportingInformation'],
  ['MedicationRequest', 'supportingInformation'],
] as const;

export function chargeRows(line: number, path: string): MessageRow[] {
  const [item, performed] = ['ChargeItem[1]', 'Procedure[charged]'];
  return [
    [
      line + 0.1,
      path,
      item,
      'FT1[ChargeItem]',
      { links: orders.map(([order]) => [item, 'supportingInformation', order] as const) },
    ],
    [
      line + 0.2,
      path,
      performed,
      'FT1[Procedure]',
      { when: ['valued', 'FT1-25'], links: [[item, 'service', performed]] },
    ],
  ];
}

function supporting(label: string): MessageRowDetails {
  return { links: orders.map(([order, element]) => [order, element, label] as const) };
}

export function billingRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'Account[billing]', 'BLG[Account]', supporting('Account[billing]')]];
}

export function trialRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'ResearchStudy[1]', 'CTI[ResearchStudy]', supporting('ResearchStudy[1]')]];
}
