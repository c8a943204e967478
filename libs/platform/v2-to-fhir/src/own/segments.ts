import type { Row, RowOrGap } from '../tables.ts';
import { administration, dispense, medicationRequest } from './medications.ts';

const url = (name: string): readonly string[] => [`=http://hl7.org/fhir/StructureDefinition/${name}`];
const v2Table = (number: string): readonly string[] => [`=http://terminology.hl7.org/CodeSystem/v2-${number}`];
const notValued = (field: string) => ['not', ['valued', field]] as const;

/** An order number with its type, as HL7's tables state it in three rows. */
function orderNumber(line: number, field: string, label: string, type: string, unless?: string): Row[] {
  const when = unless === undefined ? {} : { when: notValued(unless) };
  return [
    [line, field, `identifier[${label}]`, { ...when, map: 'EI[Identifier-Extension]' }],
    [line + 1, field, `identifier[${label}].type.coding.code`, { ...when, set: [`=${type}`] }],
    [line + 2, field, `identifier[${label}].type.coding.system`, { ...when, set: v2Table('0203') }],
  ];
}

/** An extension of US Core on race or ethnicity: PID-10 and PID-22 are left to the realm by HL7. */
function usCore(line: number, field: string, name: string): Row[] {
  return [
    [line, field, `extension[*${name}].url`, { set: [`=http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`] }],
    [line + 0.1, field, `extension[*${name}].extension[1].url`, { set: ['=ombCategory'] }],
    [line + 0.2, field, `extension[*${name}].extension[1].valueCoding.code`],
    [line + 0.3, field, `extension[*${name}].extension[1].valueCoding.system`, { set: ['=urn:oid:2.16.840.1.113883.6.238'] }],
    [line + 0.4, field, `extension[*${name}].extension[1].valueCoding.display`, { set: [`${field}.2`] }],
    [line + 0.5, field, `extension[*${name}].extension[*text].url`, { set: ['=text'] }],
    [line + 0.6, field, `extension[*${name}].extension[*text].valueString`, { set: [`${field}.2`] }],
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

/** Laid over HL7's segment tables, line by line; whole tables where HL7 has none. */
export const segments: Readonly<Record<string, readonly RowOrGap[]>> = {
  ...medicationRequest,
  ...dispense,
  ...administration,
  'PID[Patient]': [
    [32, 'PID-19', 'identifier[4].type.coding.code', { set: ['=SS'] }],
    [35, 'PID-19', 'identifier[4].system', { set: ['=http://hl7.org/fhir/sid/us-ssn'] }],
    // The mother's identifier would be written into the patient.
    [37],
    ...usCore(16, 'PID-10', 'race'),
    ...usCore(38, 'PID-22', 'ethnicity'),
  ],
  'PV1[Encounter]': [
    [44.5, 'PV1-19', 'identifier[1].type.coding.display', { set: ['=Visit number'] }],
    [63, 'PV1-37', 'hospitalization.destination(Location)', { map: 'DLD[Location-Discharge]' }],
  ],
  'PV1[Encounter-Event]': [
    [
      1,
      'MSH-9',
      'status',
      {
        map: 'MSG[code]',
        codes: 'Event[EncounterStatus]',
        when: ['is', 'MSH-9.2', ['A03', 'A05', 'A11', 'A13', 'A14', 'A38']],
      },
    ],
  ],
  'PV2[Encounter]': [
    [15, 'PV2-9', 'extension[2].url', { set: ['=http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate'] }],
    [19.5, 'PV2-12', 'text.status', { set: ['=generated'] }],
    [48, 'PV2-38', 'extension[3].url', { set: url('encounter-modeOfArrival') }],
    [49, 'PV2-38', 'extension[3].valueCoding', { map: 'CWE[Coding]', codes: 'ModeOfArrivalCode' }],
  ],
  'PRT[Observation-Location]': [[20, 'PRT-14', 'extension[2].valueReference(Location).address', { map: 'XAD[Address]' }]],
  'DG1[Condition]': [
    [22, 'DG1-19', 'extension[1].url', { set: url('condition-assertedDate') }],
    [26, 'DG1-21', 'verificationStatus.coding.code', { when: ['is', 'DG1-21', ['D']], set: ['=entered-in-error'] }],
    [
      27,
      'DG1-21',
      'verificationStatus.coding.system',
      { when: ['is', 'DG1-21', ['D']], set: ['=http://terminology.hl7.org/CodeSystem/condition-ver-status'] },
    ],
  ],
  // The condition itself is made by DG1[Condition]; the visit refers to it.
  'DG1[Encounter]': gaps(6, 7, 8, 19, 22, 23, 24, 25, 26, 27, 29),
  'IN1[Coverage]': [
    [6, 'IN1-3', 'payor[1](Organization).identifier', { map: 'CX[Identifier]' }],
    [8, 'IN1-5', 'payor[1](Organization).address', { map: 'XAD[Address]' }],
    [9, 'IN1-7', 'payor[1](Organization).telecom', { map: 'XTN[ContactPoint]' }],
    [10, 'IN1-8', 'class[1].value'],
    [10.1, 'IN1-8', 'class[1].type.coding.code', { set: ['=group'] }],
    [10.2, 'IN1-8', 'class[1].type.coding.system', { set: ['=http://terminology.hl7.org/CodeSystem/coverage-class'] }],
    [10.3, 'IN1-9', 'class[1].name', { map: 'XON[string]', when: ['valued', 'IN1-8'] }],
    [21, 'IN1-16', 'subscriber(RelatedPerson).name', { map: 'XPN[HumanName]', when: ['not', ['is', 'IN1-17', ['SEL', 'S', '18']]] }],
    [22],
    [24, 'IN1-18', 'subscriber(RelatedPerson).birthDate', { when: ['not', ['is', 'IN1-17', ['SEL', 'S', '18']]] }],
    [25, 'IN1-19', 'subscriber(RelatedPerson).address', { map: 'XAD[Address]', when: ['not', ['is', 'IN1-17', ['SEL', 'S', '18']]] }],
    [45, 'IN1-36', 'subscriberId'],
  ],
  'ORC[ServiceRequest]': [
    // ORC and OBR each wait for the other to be empty in the tables; here the order's own number comes first.
    ...orderNumber(10, 'ORC-2', '1', 'PLAC'),
    ...orderNumber(13, 'ORC-3', '2', 'FILL'),
    [16, 'ORC-4', 'requisition.value'],
    [17, 'ORC-4', 'requisition.type.coding.code', { set: ['=PGN'] }],
    [18, 'ORC-4', 'requisition.type.coding.system', { set: v2Table('0203') }],
    [35, 'ORC-12', 'requester(PractitionerRole).practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
    [40, 'ORC-16', 'extension[4].url', { when: notValued('ORC-5'), set: url('request-statusReason') }],
    [41, 'ORC-16', 'extension[4].valueCodeableConcept', { when: notValued('ORC-5'), map: 'CWE[CodeableConcept]' }],
  ],
  'OBR[ServiceRequest]': [
    [29, 'OBR-16', 'requester(Practitioner)', { when: ['all', notValued('ORC-12'), notValued('ORC-21')], map: 'XCN[Practitioner]' }],
    [
      29.5,
      'OBR-16',
      'requester(PractitionerRole).practitioner(Practitioner)',
      { when: ['all', notValued('ORC-12'), ['valued', 'ORC-21']], map: 'XCN[Practitioner]' },
    ],
    // R4 has no intent for an add-on.
    [20, 'OBR-11', 'intent', { when: ['is', 'OBR-11', ['A']], set: ['=order'] }],
    [43, 'OBR-29', 'basedOn[1].identifier', { when: ['all', ['valued', 'OBR-29.1'], notValued('OBR-50')], map: 'EIP[Identifier-PlacerAssignedIdentifier]' }],
    [44, 'OBR-29', 'basedOn[1].type', { when: ['all', ['valued', 'OBR-29.1'], notValued('OBR-50')], set: ['=ServiceRequest'] }],
    [45, 'OBR-29', 'basedOn[2].identifier', { when: ['all', ['valued', 'OBR-29.2'], notValued('OBR-50')], map: 'EIP[Identifier-FillerAssignedIdentifier]' }],
    [46, 'OBR-29', 'basedOn[2].type', { when: ['all', ['valued', 'OBR-29.2'], notValued('OBR-50')], set: ['=ServiceRequest'] }],
  ],
  'OBR[DiagnosticReport]': [
    ...orderNumber(5, 'OBR-2', '1', 'PLAC', 'ORC-2'),
    ...orderNumber(8, 'OBR-3', '2', 'FILL', 'ORC-3'),
  ],
  'PRT[Device]': [[21, 'PRT-16', '$this', { map: 'EI[Device-udiCarrier]' }]],
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
    [10, 'OBX-5', 'component[each].valueString', { when: ['is', 'OBX-2', ['ST', 'FT', 'TX']] }],
    [17, 'OBX-5', 'component[each].valueDateTime', { when: ['is', 'OBX-2', ['DTM', 'DT', 'TS']] }],
    [29, 'OBX-5', 'component[each].extension[1].valueAttachment', { when: ['is', 'OBX-2', ['ED']], map: 'ED[Attachment]' }],
    [32, 'OBX-5', 'component[each].extension[1].url', { when: ['is', 'OBX-2', ['RP']], set: attachment }],
    [33, 'OBX-5', 'component[each].extension[1].valueAttachment', { when: ['is', 'OBX-2', ['RP']], map: 'RP[Attachment]' }],
    [56, 'OBX-16', 'performer[1](PractitionerRole).practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
    [61, 'OBX-19', 'extension[19].url', { set: url('observation-analysis-date-time') }],
    [62, 'OBX-19', 'extension[19].valueDateTime'],
    [72, 'OBX-25', 'performer[2](PractitionerRole).code.coding.code', { set: ['=MDIR'] }],
    [78, 'OBX-29', 'category[1].coding.system', { set: v2Table('0936') }],
    ...structureType(79),
    ...gaps(84, 85, 86, 87),
  ],
  'AL1[AllergyIntolerance]': [
    // An extension of a code that repeats cannot be said in JSON without gaps.
    [16],
    [17],
    [20, 'AL1-4', 'criticality', { map: 'CWE[code]', codes: 'AllergySeverity[AllergyIntolerance.criticality]' }],
    [24, 'AL1-5', 'reaction.manifestation', { map: 'ST[CodeableConcept]' }],
  ],
  'PR1[Procedure]': [[4]],
  'MSH[Provenance-Source]': [[7]],
  'EVN[Provenance]': [[4, 'EVN-2', 'activity.coding.display', { set: ['=event - :', 'MSH-9.1', '=^', 'MSH-9.2'] }]],
  'MSH[MessageHeader]': [
    [7, 'MSH-3', 'source[1]', { when: notValued('MSH-24'), map: 'HD[MessageHeader.source-endpoint]' }],
    [12, 'MSH-5', 'destination[1]', { when: ['valued', 'MSH-25'], map: 'HD[MessageHeader.destination-name]' }],
    [13, 'MSH-5', 'destination[1]', { when: notValued('MSH-25'), map: 'HD[MessageHeader.destination-endpoint]' }],
    [39, 'MSH-24', 'source.endpoint.extension.url', { when: ['all', notValued('MSH-24'), notValued('MSH-3')], set: url('data-absent-reason') }],
    [42, 'MSH-25', 'destination[1].endpoint.extension.url', { when: ['all', notValued('MSH-25'), notValued('MSH-5')], set: url('data-absent-reason') }],
  ],
  'PID[Provenance-Patient]': [[4, 'PID-33', 'recorded']],
  // The patient that is no more: PID stands for the one that remains.
  'MRG[Patient]': [
    [1, 'MRG-1', 'identifier[1]', { map: 'CX[Identifier]' }],
    [2, 'MRG-1', 'active', { set: ['=false'] }],
    [3, 'MRG-1', 'link[1].type', { set: ['=replaced-by'] }],
    [4, 'MRG-7', 'name', { map: 'XPN[HumanName]' }],
  ],
  'MRG[Patient-Survivor]': [
    [1, 'MRG-1', 'identifier[merged]', { map: 'CX[Identifier]' }],
    [2, 'MRG-1', 'identifier[merged].use', { set: ['=old'] }],
    [3, 'MRG-1', 'link[1].type', { set: ['=replaces'] }],
  ],
};

function gaps(...lines: number[]): (readonly [number])[] {
  return lines.map((line) => [line]);
}
