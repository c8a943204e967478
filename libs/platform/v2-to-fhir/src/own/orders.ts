import type { Row, RowOrGap } from '../tables.ts';
import { facility, gaps, notValued, url, v2Table } from './rows.ts';
import { occurrences } from './timing.ts';

/** An order number with its type, as HL7's tables state it in three rows. */
function orderNumber(line: number, field: string, label: string, type: string, unless?: string): Row[] {
  const when = unless === undefined ? {} : { when: notValued(unless) };
  return [
    [line, field, `identifier[${label}]`, { ...when, map: 'EI[Identifier-Extension]' }],
    [line + 1, field, `identifier[${label}].type.coding.code`, { ...when, set: [`=${type}`] }],
    [line + 2, field, `identifier[${label}].type.coding.system`, { ...when, set: v2Table('0203') }],
  ];
}

/** OBX-30, whose extension has the number of another in HL7's table, and its system the URL of the extension. */
function structureType(line: number): Row[] {
  return [
    [line, 'OBX-30', 'extension[30].url', { set: url('observation-structure-type') }],
    [line + 1, 'OBX-30', 'extension[30].valueCodeableConcept.coding.code'],
    [line + 2, 'OBX-30', 'extension[30].valueCodeableConcept.coding.system', { set: v2Table('0937') }],
  ];
}

const attachment = ['=https://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.valueAttachment'];

/** Orders, reports and observations, laid over HL7's segment tables. */
export const orders: Readonly<Record<string, readonly RowOrGap[]>> = {
  'PRT[Observation-Location]': [
    [20, 'PRT-14', 'extension[2].valueReference(Location).address', { map: 'XAD[Address]' }],
  ],
  'ORC[ServiceRequest]': [
    // ORC and OBR each wait for the other to be empty in the tables; here the order's own number comes first.
    ...orderNumber(10, 'ORC-2', '1', 'PLAC'),
    ...orderNumber(13, 'ORC-3', '2', 'FILL'),
    [16, 'ORC-4', 'requisition.value'],
    [17, 'ORC-4', 'requisition.type.coding.code', { set: ['=PGN'] }],
    [18, 'ORC-4', 'requisition.type.coding.system', { set: v2Table('0203') }],
    [35, 'ORC-12', 'requester(PractitionerRole).practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
    [35.1, 'ORC-12', 'requester(PractitionerRole).code.coding.code', { set: ['=OP'] }],
    [35.2, 'ORC-12', 'requester(PractitionerRole).code.coding.display', { set: ['=Ordering Provider'] }],
    [35.3, 'ORC-12', 'requester(PractitionerRole).code.coding.system', { set: v2Table('0443') }],
    [40, 'ORC-16', 'extension[4].url', { when: notValued('ORC-5'), set: url('request-statusReason') }],
    [
      41,
      'ORC-16',
      'extension[4].valueCodeableConcept',
      { when: notValued('ORC-5'), map: 'CWE[CodeableConcept]' },
    ],
  ],
  'TQ1[ServiceRequest]': [
    [
      9,
      'TQ1-6',
      'occurrenceTiming.repeat.boundsDuration',
      { map: 'CQ[Quantity]', when: ['all', notValued('TQ1-7'), notValued('TQ1-8')] },
    ],
    [14, 'TQ1-9', 'priority', { map: 'CWE[code]', codes: 'ExtendedPriorityCodes' }],
    ...occurrences('occurrenceTiming'),
  ],
  'OBR[ServiceRequest]': [
    [
      29,
      'OBR-16',
      'requester(Practitioner)',
      { when: ['all', notValued('ORC-12'), ['not', facility]], map: 'XCN[Practitioner]' },
    ],
    [
      29.5,
      'OBR-16',
      'requester(PractitionerRole).practitioner(Practitioner)',
      { when: ['all', notValued('ORC-12'), facility], map: 'XCN[Practitioner]' },
    ],
    // R4 has no intent for an add-on.
    [20, 'OBR-11', 'intent', { when: ['is', 'OBR-11', ['A']], set: ['=order'] }],
    [
      43,
      'OBR-29',
      'basedOn[1].identifier',
      {
        when: ['all', ['valued', 'OBR-29.1'], notValued('OBR-50')],
        map: 'EIP[Identifier-PlacerAssignedIdentifier]',
      },
    ],
    [
      44,
      'OBR-29',
      'basedOn[1].type',
      { when: ['all', ['valued', 'OBR-29.1'], notValued('OBR-50')], set: ['=ServiceRequest'] },
    ],
    [
      45,
      'OBR-29',
      'basedOn[2].identifier',
      {
        when: ['all', ['valued', 'OBR-29.2'], notValued('OBR-50')],
        map: 'EIP[Identifier-FillerAssignedIdentifier]',
      },
    ],
    [
      46,
      'OBR-29',
      'basedOn[2].type',
      { when: ['all', ['valued', 'OBR-29.2'], notValued('OBR-50')], set: ['=ServiceRequest'] },
    ],
  ],
  'OBR[DiagnosticReport]': [
    ...orderNumber(5, 'OBR-2', '1', 'PLAC', 'ORC-2'),
    ...orderNumber(8, 'OBR-3', '2', 'FILL', 'ORC-3'),
  ],
  'PRT[Device]': [
    // "If not an HRF or AIDC": those are in PRT-16.
    [14],
    [15, 'PRT-10', 'identifier', { map: 'EI[Identifier-Extension]' }],
    [21, 'PRT-16', '$this', { map: 'EI[Device-udiCarrier]' }],
  ],
  'OBR[Specimen]': [[46, 'OBR-39', 'note.text']],
  'OBX[Observation]': [
    [7],
    [9, 'OBX-5', 'valueString', { when: ['is', 'OBX-2', ['ST', 'FT', 'TX']] }],
    [16, 'OBX-5', 'valueDateTime', { when: ['is', 'OBX-2', ['DTM', 'DT', 'TS']] }],
    // SampledData asks for an origin and a period, which version 2 does not have.
    [26],
    [31, 'OBX-5', 'extension[1].valueAttachment', { when: ['is', 'OBX-2', ['RP']], map: 'RP[Attachment]' }],
    [53],
    [59, 'OBX-19', 'extension[19].url', { set: url('observation-analysis-date-time') }],
    [60, 'OBX-19', 'extension[19].valueDateTime'],
    [69, 'OBX-25', 'performer[2](PractitionerRole)', { map: 'XCN[PractitionerRole]' }],
    [76, 'OBX-29', 'category[1].coding.system', { set: v2Table('0936') }],
    ...structureType(77),
    ...gaps(82, 83, 84, 85),
  ],
  'OBX[Observation-Component]': [
    [
      9,
      'OBX-5',
      'component[each].valueQuantity.value',
      { when: ['is', 'OBX-2', ['NM']], map: 'NM[Quantity]' },
    ],
    [10, 'OBX-5', 'component[each].valueString', { when: ['is', 'OBX-2', ['ST', 'FT', 'TX']] }],
    [17, 'OBX-5', 'component[each].valueDateTime', { when: ['is', 'OBX-2', ['DTM', 'DT', 'TS']] }],
    [
      29,
      'OBX-5',
      'component[each].extension[1].valueAttachment',
      { when: ['is', 'OBX-2', ['ED']], map: 'ED[Attachment]' },
    ],
    [32, 'OBX-5', 'component[each].extension[1].url', { when: ['is', 'OBX-2', ['RP']], set: attachment }],
    [
      33,
      'OBX-5',
      'component[each].extension[1].valueAttachment',
      { when: ['is', 'OBX-2', ['RP']], map: 'RP[Attachment]' },
    ],
    [56, 'OBX-16', 'performer[1](PractitionerRole).practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
    [61, 'OBX-19', 'extension[19].url', { set: url('observation-analysis-date-time') }],
    [62, 'OBX-19', 'extension[19].valueDateTime'],
    [72, 'OBX-25', 'performer[2](PractitionerRole).code.coding.code', { set: ['=MDIR'] }],
    [78, 'OBX-29', 'category[1].coding.system', { set: v2Table('0936') }],
    ...structureType(79),
    ...gaps(84, 85, 86, 87),
  ],
};
