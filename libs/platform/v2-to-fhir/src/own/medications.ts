import type { CodeMap, Row, RowOrGap } from '../tables.ts';
import { facility, gaps, notValued, v2Table } from './rows.ts';
import { occurrences } from './timing.ts';

const ucum = ['=http://unitsofmeasure.org'];

type SegmentTables = Readonly<Record<string, readonly RowOrGap[]>>;

/** The numbers of the placer, the filler and of the group: common to all that an ORC begins. */
function orderNumbers(): Row[] {
  return [
    [1, 'ORC-2', 'identifier[placer]', { map: 'EI[Identifier-Extension]' }],
    [1.1, 'ORC-2', 'identifier[placer].type.coding.code', { set: ['=PLAC'] }],
    [1.2, 'ORC-2', 'identifier[placer].type.coding.system', { set: v2Table('0203') }],
    [2, 'ORC-3', 'identifier[filler]', { map: 'EI[Identifier-Extension]' }],
    [2.1, 'ORC-3', 'identifier[filler].type.coding.code', { set: ['=FILL'] }],
    [2.2, 'ORC-3', 'identifier[filler].type.coding.system', { set: v2Table('0203') }],
  ];
}

/** A quantity of one field with its unit in the next: `RXE-10`, `RXE-11`. */
function quantity(line: number, value: string, unit: string, to: string): Row[] {
  return [
    [line, value, `${to}.value`],
    [line + 0.1, unit, to, { map: 'CWE[Quantity]', when: ['valued', value] }],
  ];
}

/** Who ordered, in their role at the facility where the order names one. */
function requester(line: number, field: string, unless?: string): Row[] {
  const free = unless === undefined ? [] : [notValued(unless)];
  return [
    [
      line,
      field,
      'requester(Practitioner)',
      { map: 'XCN[Practitioner]', when: ['all', ['not', facility], ...free] },
    ],
    [
      line + 0.1,
      field,
      'requester(PractitionerRole).practitioner(Practitioner)',
      { map: 'XCN[Practitioner]', when: ['all', facility, ...free] },
    ],
  ];
}

/** The pharmacy that is to hand it out. */
function pharmacy(line: number, code: string, address: string, phone: string, unless?: string): Row[] {
  const at = 'dispenseRequest.performer(Organization)';
  const when = unless === undefined ? {} : { when: notValued(unless) };
  return [
    [line, code, at, { map: 'CWE[Organization]', ...when }],
    [line + 0.1, address, `${at}.address`, { map: 'XAD[Address]', ...when }],
    [line + 0.2, phone, `${at}.telecom`, { map: 'XTN[ContactPoint]', ...when }],
  ];
}

/** What may be given in a day at most. */
function dailyDose(line: number, field: string): Row[] {
  const at = 'dosageInstruction.maxDosePerPeriod';
  return [
    [line, field, `${at}.numerator`, { map: 'CQ[Quantity]' }],
    [line + 0.1, field, `${at}.denominator.value`, { set: ['=1'] }],
    [line + 0.2, field, `${at}.denominator.unit`, { set: ['=d'] }],
    [line + 0.3, field, `${at}.denominator.code`, { set: ['=d'] }],
    [line + 0.4, field, `${at}.denominator.system`, { set: ucum }],
  ];
}

/** A dose is a range where the field for its maximum is valued, else one quantity. */
function dose(line: number, least: string, most: string, unit: string): Row[] {
  const at = 'dosageInstruction.doseAndRate';
  const isRange = { when: ['valued', most] } as const;
  const isOne = { when: notValued(most) } as const;
  return [
    [line, least, `${at}.doseQuantity.value`, isOne],
    [
      line + 0.1,
      unit,
      `${at}.doseQuantity`,
      { map: 'CWE[Quantity]', when: ['all', notValued(most), ['valued', least]] },
    ],
    [line + 0.2, least, `${at}.doseRange.low.value`, isRange],
    [
      line + 0.3,
      unit,
      `${at}.doseRange.low`,
      { map: 'CWE[Quantity]', when: ['all', ['valued', most], ['valued', least]] },
    ],
    [line + 0.4, most, `${at}.doseRange.high.value`],
    [line + 0.5, unit, `${at}.doseRange.high`, { map: 'CWE[Quantity]', ...isRange }],
  ];
}

function identifierType(line: number, label: string, code: string): Row[] {
  return [
    [line, 'RXE-15', `identifier[${label}].value`],
    [line + 0.1, 'RXE-15', `identifier[${label}].type.text`, { set: [`=${code}`] }],
  ];
}

/** Orders: HL7 has RXO, RXR and TQ1 in part. What is ordered (RXO) and how the pharmacy codes it (RXE) is one request. */
export const medicationRequest: SegmentTables = {
  'ORC[MedicationRequest]': [
    ...orderNumbers(),
    [3, 'ORC-4', 'groupIdentifier.value'],
    [4, 'ORC-1', 'status', { codes: 'OrderControlCode[MedicationRequest.status]', when: notValued('ORC-5') }],
    [5, 'ORC-5', 'status', { codes: 'OrderStatus[MedicationRequest.status]' }],
    [6, 'ORC-9', 'authoredOn'],
    [7, 'ORC-10', 'recorder(Practitioner)', { map: 'XCN[Practitioner]' }],
    ...requester(8, 'ORC-12'),
    [8.2, 'ORC-21', 'requester(PractitionerRole).organization(Organization)', { map: 'XON[Organization]' }],
    [
      8.3,
      'ORC-22',
      'requester(PractitionerRole).organization(Organization).address',
      { map: 'XAD[Address]' },
    ],
    [
      8.4,
      'ORC-23',
      'requester(PractitionerRole).organization(Organization).telecom',
      { map: 'XTN[ContactPoint]' },
    ],
    [8.5, 'ORC-21', 'requester(PractitionerRole).code.coding.code', { set: ['=OP'] }],
    [8.6, 'ORC-21', 'requester(PractitionerRole).code.coding.display', { set: ['=Ordering Provider'] }],
    [8.7, 'ORC-21', 'requester(PractitionerRole).code.coding.system', { set: v2Table('0443') }],
    [9, 'ORC-16', 'statusReason', { map: 'CWE[CodeableConcept]' }],
  ],
  'RXO[MedicationRequest]': [
    [5, 'RXO-1', 'medicationCodeableConcept', { map: 'CWE[CodeableConcept]' }],
    // The strength is of a Medication of its own, which would stand against the code above.
    ...gaps(6, 7, 8, 9, 10, 11, 12, 27, 28, 29, 33, 34, 35, 37, 38, 39),
    ...dose(6.1, 'RXO-2', 'RXO-3', 'RXO-4'),
    [14, 'RXO-6', 'dosageInstruction.text', { map: 'CWE[string]' }],
    [15, 'RXO-7', 'dosageInstruction.patientInstruction', { map: 'CWE[string]' }],
    [20, 'RXO-11', 'dispenseRequest.quantity.value'],
    [21, 'RXO-12', 'dispenseRequest.quantity', { map: 'CWE[Quantity]', when: ['valued', 'RXO-11'] }],
    ...requester(23, 'RXO-14', 'ORC-12'),
    [24, 'RXO-20', 'reasonCode', { map: 'CWE[CodeableConcept]' }],
    ...dailyDose(27, 'RXO-23'),
    [41, 'RXO-28', 'dispenseRequest.dispenseInterval.value'],
    [41.1, 'RXO-28', 'dispenseRequest.dispenseInterval.unit', { set: ['=days'] }],
    [41.2, 'RXO-28', 'dispenseRequest.dispenseInterval.code', { set: ['=d'] }],
    [41.3, 'RXO-28', 'dispenseRequest.dispenseInterval.system', { set: ucum }],
    ...pharmacy(45, 'RXO-32', 'RXO-33', 'RXO-36', 'RXE-40'),
  ],
  'RXE[MedicationRequest]': [
    [1, '', 'intent', { set: ['=filler-order'] }],
    [2, 'RXE-2', 'medicationCodeableConcept', { map: 'CWE[CodeableConcept]' }],
    ...dose(3, 'RXE-3', 'RXE-4', 'RXE-5'),
    [7, 'RXE-7', 'dosageInstruction.additionalInstruction', { map: 'CWE[CodeableConcept]' }],
    [
      9,
      'RXE-9',
      'substitution.allowedCodeableConcept',
      { map: 'ID[CodeableConcept]', codes: 'AllowSubstitution' },
    ],
    ...quantity(10, 'RXE-10', 'RXE-11', 'dispenseRequest.quantity'),
    [12, 'RXE-12', 'dispenseRequest.numberOfRepeatsAllowed'],
    ...requester(13, 'RXE-13', 'ORC-12'),
    ...identifierType(15, 'prescription', 'Prescription number'),
    ...dailyDose(19, 'RXE-19'),
    ...quantity(23, 'RXE-23', 'RXE-24', 'dosageInstruction.doseAndRate.rateQuantity'),
    [27, 'RXE-27', 'reasonCode', { map: 'CWE[CodeableConcept]' }],
    [32, 'RXE-32', 'authoredOn', { when: notValued('ORC-9') }],
    ...quantity(39, 'RXE-39', 'RXE-11', 'dispenseRequest.initialFill.quantity'),
    ...pharmacy(40, 'RXE-40', 'RXE-41', 'RXE-45'),
  ],
  'RXR[MedicationRequest]': [
    [4, 'RXR-1', 'dosageInstruction.route', { map: 'CWE[CodeableConcept]', codes: 'RouteOfAdministration' }],
    [5, 'RXR-2', 'dosageInstruction.site', { map: 'CWE[CodeableConcept]', codes: 'BodyParts' }],
  ],
  'TQ1[MedicationRequest]': [
    [
      9,
      'TQ1-6',
      'dosageInstruction.timing.repeat.boundsDuration',
      { map: 'CQ[Quantity]', when: ['all', notValued('TQ1-7'), notValued('TQ1-8')] },
    ],
    // Times of the day, not moments.
    [7, 'TQ1-4', 'dosageInstruction.timing.repeat.timeOfDay'],
    [8],
    [14, 'TQ1-9', 'priority', { map: 'CWE[code]', codes: 'ExtendedPriorityCodes' }],
    [16, 'TQ1-11', 'dosageInstruction.text'],
    // What is given at a time is said by RXE-3 or RXO-2, in units that are those of the medicine.
    [
      5,
      'TQ1-2',
      'dosageInstruction.doseAndRate.doseQuantity',
      { map: 'CQ[Quantity]', when: ['all', notValued('RXE-3'), notValued('RXO-2')] },
    ],
    ...occurrences('dosageInstruction.timing'),
  ],
  // What a mixture is made of, for people to read.
  'RXC[MedicationRequest]': [
    [1, 'RXC-2', 'note.text', { set: ['RXC-1', '=: ', 'RXC-2.2', '= ', 'RXC-3', '= ', 'RXC-4'] }],
  ],
};

/** RDS^O13: what the pharmacy handed out. */
export const dispense: SegmentTables = {
  'ORC[MedicationDispense]': [
    [1, 'ORC-1', 'status', { set: ['=in-progress'], when: ['is', 'ORC-1', ['NW', 'OK']] }],
  ],
  'RXD[MedicationDispense]': [
    [1, '', 'status', { set: ['=completed'] }],
    [2, 'RXD-2', 'medicationCodeableConcept', { map: 'CWE[CodeableConcept]' }],
    [3, 'RXD-3', 'whenHandedOver'],
    ...quantity(4, 'RXD-4', 'RXD-5', 'quantity'),
    [7, 'RXD-7', 'identifier[prescription].value'],
    [7.1, 'RXD-7', 'identifier[prescription].type.text', { set: ['=Prescription number'] }],
    [9, 'RXD-9', 'note.text'],
    [10, 'RXD-10', 'performer.actor(Practitioner)', { map: 'XCN[Practitioner]' }],
    [11, 'RXD-11', 'substitution.type', { map: 'ID[CodeableConcept]', codes: 'AllowSubstitution' }],
    [
      11.1,
      'RXD-11',
      'substitution.wasSubstituted',
      { set: ['=true'], when: ['is', 'RXD-11', ['G', 'T', '1', '2', '3', '4', '5', '8']] },
    ],
    [
      11.2,
      'RXD-11',
      'substitution.wasSubstituted',
      { set: ['=false'], when: ['is', 'RXD-11', ['N', '0', '7']] },
    ],
    [33, 'RXD-33', 'type', { map: 'CWE[CodeableConcept]' }],
  ],
  'RXR[MedicationDispense]': [
    [1, 'RXR-1', 'dosageInstruction.route', { map: 'CWE[CodeableConcept]', codes: 'RouteOfAdministration' }],
    [2, 'RXR-2', 'dosageInstruction.site', { map: 'CWE[CodeableConcept]', codes: 'BodyParts' }],
  ],
};

/** RAS^O17: what was given. */
export const administration: SegmentTables = {
  'RXA[MedicationAdministration]': [
    ...orderNumbers(),
    [3, 'RXA-3', 'effectiveDateTime', { when: notValued('RXA-4') }],
    [3.1, 'RXA-3', 'effectivePeriod.start', { when: ['valued', 'RXA-4'] }],
    [4, 'RXA-4', 'effectivePeriod.end'],
    [5, 'RXA-5', 'medicationCodeableConcept', { map: 'CWE[CodeableConcept]' }],
    ...quantity(6, 'RXA-6', 'RXA-7', 'dosage.dose'),
    [9, 'RXA-9', 'note.text', { map: 'CWE[string]' }],
    [10, 'RXA-10', 'performer.actor(Practitioner)', { map: 'XCN[Practitioner]' }],
    [18, 'RXA-18', 'statusReason', { map: 'CWE[CodeableConcept]' }],
    [19, 'RXA-19', 'reasonCode', { map: 'CWE[CodeableConcept]' }],
    [20, '', 'status', { set: ['=completed'], when: notValued('RXA-20') }],
    [20.1, 'RXA-20', 'status', { codes: 'CompletionStatus[MedicationAdministration.status]' }],
    [21, 'RXA-21', 'status', { set: ['=entered-in-error'], when: ['is', 'RXA-21', ['D']] }],
  ],
  'RXR[MedicationAdministration]': [
    [1, 'RXR-1', 'dosage.route', { map: 'CWE[CodeableConcept]', codes: 'RouteOfAdministration' }],
    [2, 'RXR-2', 'dosage.site', { map: 'CWE[CodeableConcept]', codes: 'BodyParts' }],
    [4, 'RXR-4', 'dosage.method', { map: 'CWE[CodeableConcept]', codes: 'AdministrationMethod' }],
  ],
};

/** A code map from what the codes become: `{ active: ['NW', 'OK'] }`. */
function becoming(targets: Readonly<Record<string, readonly string[]>>, from?: string): CodeMap {
  const pairs = Object.entries(targets).flatMap(([code, sources]) =>
    sources.map((source) => [source, [code]] as const),
  );
  return { codes: Object.fromEntries(pairs), ...(from !== undefined && { from }) };
}

/** https://hl7.org/fhir/R4/valueset-medicationrequest-status.html */
export const medicationCodes: Readonly<Record<string, CodeMap>> = {
  'OrderControlCode[MedicationRequest.status]': becoming({
    active: [
      'NW',
      'OK',
      'XO',
      'XX',
      'XR',
      'RO',
      'RP',
      'RE',
      'RL',
      'OE',
      'OR',
      'AF',
      'RF',
      'SC',
      'PY',
      'FU',
      'OF',
    ],
    cancelled: ['CA', 'OC', 'CR', 'DF'],
    stopped: ['DC', 'OD', 'DR', 'RU', 'RQ'],
    'on-hold': ['HD', 'OH', 'HR'],
  }),
  'OrderStatus[MedicationRequest.status]': becoming(
    {
      active: ['A', 'IP', 'SC'],
      'on-hold': ['HD'],
      cancelled: ['CA'],
      completed: ['CM'],
      stopped: ['DC', 'RP'],
      'entered-in-error': ['ER'],
    },
    'HL70038',
  ),
  'CompletionStatus[MedicationAdministration.status]': becoming(
    { completed: ['CP'], 'not-done': ['RE', 'NA'], stopped: ['PA'] },
    'HL70322',
  ),
};
