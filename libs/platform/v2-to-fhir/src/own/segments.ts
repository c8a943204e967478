import type { Row, RowOrGap } from '../tables.ts';
import { ssn } from './authorities.ts';
import { charges } from './charges.ts';
import { contacts } from './contacts.ts';
import { guarantor } from './guarantor.ts';
import { incidents } from './incidents.ts';
import { insurance } from './insurance.ts';
import { administration, dispense, medicationRequest } from './medications.ts';
import { orders } from './orders.ts';
import { restrictions } from './restrictions.ts';
import { gaps, notValued, url } from './rows.ts';
import { sendingFacility, servicingFacility } from './servicing-facility.ts';

/** An extension of US Core on race or ethnicity: PID-10 and PID-22 are left to the realm by HL7. */
function usCore(line: number, field: string, name: string, codes?: string): Row[] {
  const coding = `extension[*${name}].extension[1].valueCoding`;
  const display: Row = [line + 0.4, field, `${coding}.display`, { set: [`${field}.2`] }];
  return [
    [
      line,
      field,
      `extension[*${name}].url`,
      { set: [`=http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`] },
    ],
    [line + 0.1, field, `extension[*${name}].extension[1].url`, { set: ['=ombCategory'] }],
    [
      line + 0.2,
      field,
      `extension[*${name}].extension[1].valueCoding.code`,
      codes === undefined ? {} : { codes },
    ],
    [
      line + 0.3,
      field,
      `extension[*${name}].extension[1].valueCoding.system`,
      { set: ['=urn:oid:2.16.840.1.113883.6.238'] },
    ],
    ...(codes === undefined ? [display] : []),
    [line + 0.5, field, `extension[*${name}].extension[*text].url`, { set: ['=text'] }],
    [line + 0.6, field, `extension[*${name}].extension[*text].valueString`, { set: [`${field}.2`] }],
  ];
}

const inEpisode = ['valued', 'PV1-54'] as const;

/** A place the patient was or is only for a time: HL7's own extension for it, beside the classification of its table. */
function temporary(line: number, field: string, label: string): Row[] {
  const at = `location[${label}].extension[temporary]`;
  return [
    [
      line,
      field,
      `${at}.url`,
      { set: ['=http://hl7.org/fhir/uv/v2mappings/StructureDefinition/temporary-location'] },
    ],
    [line + 0.1, field, `${at}.valueBoolean`, { set: ['=true'] }],
  ];
}

/** Laid over HL7's segment tables, line by line; whole tables where HL7 has none. */
export const segments: Readonly<Record<string, readonly RowOrGap[]>> = {
  ...orders,
  ...medicationRequest,
  ...dispense,
  ...administration,
  'PID[Patient]': [
    [26.5, 'PID-15', 'communication.preferred', { set: ['=true'] }],
    [32, 'PID-19', 'identifier[4].type.coding.code', { set: ['=SS'] }],
    [35, 'PID-19', 'identifier[4].system', { set: [`=${ssn}`] }],
    // The mother is a RelatedPerson, not part of the patient: PID[RelatedPerson-Mother].
    [37],
    ...usCore(16, 'PID-10', 'race'),
    ...usCore(38, 'PID-22', 'ethnicity', 'Ethnicity'),
  ],
  'PID[RelatedPerson-Mother]': [[1, 'PID-21', '$this', { map: 'CX[RelatedPerson-Mother]' }]],
  'PV1[Encounter]': [
    [44.5, 'PV1-19', 'identifier[1].type.coding.display', { set: ['=Visit number'] }],
    ...temporary(31.5, 'PV1-11', '3'),
    [70, 'PV1-43', 'location[prior-temporary].location(Location)', { map: 'PL[Location]' }],
    [70.1, 'PV1-43', 'location[prior-temporary].status', { set: ['=completed'] }],
    ...temporary(70.2, 'PV1-43', 'prior-temporary'),
    // One episode for all that a message says of it.
    [
      84,
      'PV1-53',
      'episodeOfCare[*](EpisodeOfCare).extension.url',
      { set: url('resource-instance-description') },
    ],
    [85, 'PV1-53', 'episodeOfCare[*](EpisodeOfCare).extension.valueString'],
    [86, 'PV1-54', 'episodeOfCare[*](EpisodeOfCare).identifier', { map: 'CX[Identifier]' }],
    [63, 'PV1-37', 'hospitalization.destination(Location)', { map: 'DLD[Location-Discharge]' }],
    ...servicingFacility,
  ],
  // "If person level VIP": it is the person who is important, and the visit's courtesy follows from it.
  'PV1[Patient]': [
    [19, 'PV1-16', 'extension[importance].url', { set: url('patient-importance') }],
    [
      20,
      'PV1-16',
      'extension[importance].valueCodeableConcept',
      { map: 'CWE[CodeableConcept]', codes: 'VIPIndicator' },
    ],
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
    ...sendingFacility,
  ],
  'PV2[Encounter]': [
    [
      15,
      'PV2-9',
      'extension[2].url',
      { set: ['=http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate'] },
    ],
    [19.5, 'PV2-12', 'text.status', { set: ['=generated'] }],
    // The organization whose visit it is has no row in HL7's table.
    [30, 'PV2-23', 'serviceProvider(Organization)', { map: 'XON[Organization]' }],
    [48, 'PV2-38', 'extension[3].url', { set: url('encounter-modeOfArrival') }],
    [49, 'PV2-38', 'extension[3].valueCoding', { map: 'CWE[Coding]', codes: 'ModeOfArrivalCode' }],
  ],
  'DG1[Condition]': [
    [22, 'DG1-19', 'extension[1].url', { set: url('condition-assertedDate') }],
    [
      26,
      'DG1-21',
      'verificationStatus.coding.code',
      { when: ['is', 'DG1-21', ['D']], set: ['=entered-in-error'] },
    ],
    [
      27,
      'DG1-21',
      'verificationStatus.coding.system',
      { when: ['is', 'DG1-21', ['D']], set: ['=http://terminology.hl7.org/CodeSystem/condition-ver-status'] },
    ],
  ],
  // The condition itself is made by DG1[Condition]; the visit refers to it.
  'DG1[Encounter]': [
    ...gaps(6, 7, 8, 19, 22, 23, 24, 25, 26, 27, 29),
    [
      9.1,
      'DG1-6',
      'episodeOfCare[*](EpisodeOfCare).diagnosis.role',
      { map: 'CWE[CodeableConcept]', codes: 'DiagnosisType', when: inEpisode },
    ],
    [18.1, 'DG1-15', 'episodeOfCare[*](EpisodeOfCare).diagnosis.rank', { when: inEpisode }],
  ],
  'ROL[Encounter-PractitionerRole]': [
    // ROL-1 names this row of the sender's, not who it is about.
    ...gaps(4, 5),
    [13, 'ROL-9', 'participant[1].individual(PractitionerRole).specialty', { map: 'CWE[CodeableConcept]' }],
    [
      7.5,
      'ROL-3',
      'participant[1].individual(PractitionerRole).code',
      { map: 'CWE[CodeableConcept]', codes: 'ProviderRole' },
    ],
    [
      8,
      'ROL-4',
      'participant[1].individual(PractitionerRole).practitioner(Practitioner)',
      { map: 'XCN[Practitioner]' },
    ],
  ],
  'ROL[PractitionerRole]': [
    [6, 'ROL-3', 'code', { map: 'CWE[CodeableConcept]' }],
    [7, 'ROL-4', 'practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
    [8, 'ROL-5', 'period.start'],
    [9, 'ROL-6', 'period.end'],
    [12, 'ROL-9', 'specialty', { map: 'CWE[CodeableConcept]' }],
    [14, 'ROL-11', 'practitioner(Practitioner).address', { map: 'XAD[Address]' }],
    [18, 'ROL-12', 'telecom', { map: 'XTN[ContactPoint]' }],
    [19, 'ROL-13', 'location(Location)', { map: 'PL[Location]' }],
    [20, 'ROL-14', 'organization(Organization)', { map: 'XON[Organization]' }],
  ],
  'ROL[Patient-GeneralPractitioner]': [
    [4],
    [12, 'ROL-9', 'generalPractitioner(PractitionerRole).specialty', { map: 'CWE[CodeableConcept]' }],
    [
      7,
      'ROL-4',
      'generalPractitioner(PractitionerRole).practitioner(Practitioner)',
      { map: 'XCN[Practitioner]' },
    ],
    [
      14,
      'ROL-11',
      'generalPractitioner(PractitionerRole).practitioner(Practitioner).address',
      { map: 'XAD[Address]' },
    ],
    [15],
    [
      20,
      'ROL-14',
      'generalPractitioner(PractitionerRole).organization(Organization)',
      { map: 'XON[Organization]' },
    ],
  ],
  // SPM-2 and SPM-31 have one number in the table.
  'SPM[Specimen]': [[37, 'SPM-31', 'identifier[4]', { map: 'CX[Identifier]' }]],
  ...charges,
  ...contacts,
  ...guarantor,
  ...incidents,
  ...insurance,
  ...restrictions,
  'AL1[AllergyIntolerance]': [
    // An extension of a code that repeats cannot be said in JSON without gaps.
    [16],
    [17],
    [
      20,
      'AL1-4',
      'criticality',
      { map: 'CWE[code]', codes: 'AllergySeverity[AllergyIntolerance.criticality]' },
    ],
    [24, 'AL1-5', 'reaction.manifestation', { map: 'ST[CodeableConcept]' }],
  ],
  'PR1[Procedure]': [[4]],
  'MSH[Provenance-Source]': [[7], [18, 'MSH-7', 'occurredDateTime']],
  'EVN[Provenance]': [
    [4, 'EVN-2', 'activity.coding.display', { set: ['=event - :', 'MSH-9.1', '=^', 'MSH-9.2'] }],
  ],
  'NK1[RelatedPerson]': usCore(42, 'NK1-35', 'race'),
  'MSH[MessageHeader]': [
    // A text is no code; both are said, for a reader of either.
    [19.5, 'MSH-8', 'meta.security.display'],
    [7, 'MSH-3', 'source[1]', { when: notValued('MSH-24'), map: 'HD[MessageHeader.source-endpoint]' }],
    [
      12,
      'MSH-5',
      'destination[1]',
      { when: ['valued', 'MSH-25'], map: 'HD[MessageHeader.destination-name]' },
    ],
    [
      13,
      'MSH-5',
      'destination[1]',
      { when: notValued('MSH-25'), map: 'HD[MessageHeader.destination-endpoint]' },
    ],
    [
      39,
      'MSH-24',
      'source.endpoint.extension.url',
      { when: ['all', notValued('MSH-24'), notValued('MSH-3')], set: url('data-absent-reason') },
    ],
    [
      42,
      'MSH-25',
      'destination[1].endpoint.extension.url',
      { when: ['all', notValued('MSH-25'), notValued('MSH-5')], set: url('data-absent-reason') },
    ],
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
