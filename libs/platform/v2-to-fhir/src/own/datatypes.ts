import type { Row, RowOrGap } from '../tables.ts';
import { npi } from './authorities.ts';
import { gaps } from './rows.ts';

const extension = (name: string): readonly string[] => [`=http://hl7.org/fhir/StructureDefinition/${name}`];
const assemblyOrder = extension('humanname-assembly-order');
const absent = extension('data-absent-reason');
const noSystem = ['all', ['not', ['valued', 'XTN.3']], ['not', ['valued', 'XTN.4']]] as const;

/**
 * A number whose type is NPI is of the national system whoever passes it on: "typically CMS, but it may be used by all
 * providers" (table 0203). One that cannot be an NPI, by its length, is left to the authority that is named.
 * https://www.ecfr.gov/current/title-45/section-162.406
 */
function nationalProvider(line: number, type: string, number: string): Row {
  return [
    line,
    type,
    'identifier[1].system',
    { when: ['all', ['is', type, ['NPI']], ['length', number, '=', 10]], set: [`=${npi}`] },
  ];
}

/** Laid over HL7's datatype tables, line by line. */
export const datatypes: Readonly<Record<string, readonly RowOrGap[]>> = {
  // "If mapped to FHIR, use Code System and Display": the code map of the field's row does.
  'CWE[CodeableConcept]': [[4, 'CWE.1', 'coding[1].code']],
  'CE[CodeableConcept]': [[4, 'CE.1', 'coding[1].code']],
  'CF[CodeableConcept]': [[4, 'CWE.1', 'coding[1].code']],
  // An authority is a system, which is what finds an identifier again; one whose id makes no URI is an organization too.
  'CX[Identifier]': [
    [9, 'CX.4', 'assigner(Organization)', { map: 'HD[Organization-Authority]' }],
    [10, 'CX.4', 'system', { map: 'HD[uri]' }],
  ],
  'CX[RelatedPerson-Mother]': [
    [5, 'CX.1', 'relationship[1].coding[1].code', { set: ['=MTH'] }],
    [
      6,
      'CX.1',
      'relationship[1].coding[1].system',
      { set: ['=http://terminology.hl7.org/CodeSystem/v3-RoleCode'] },
    ],
    [12, 'CX.4', 'identifier.assigner(Organization)', { map: 'HD[Organization-Authority]' }],
    [13, 'CX.4', 'identifier.system', { map: 'HD[uri]' }],
  ],
  // The table has the parts of an EIP as they were before they had parts.
  'EIP[Identifier-PlacerAssignedIdentifier]': [[4, 'EIP.1', '$this', { map: 'EI[Identifier-Extension]' }]],
  'EIP[Identifier-FillerAssignedIdentifier]': [[7, 'EIP.2', '$this', { map: 'EI[Identifier-Extension]' }]],
  // Where a field was a plain text before it was coded, the text is all there is.
  'CWE[string]': [
    [3, 'CWE.1', '$value', { when: ['all', ['not', ['valued', 'CWE.2']], ['not', ['valued', 'CWE.9']]] }],
  ],
  'EI[Identifier-Extension]': [[5, '', 'system', { map: 'EI[uri]' }]],
  'XCN[Practitioner]': [
    // HL7 maps the degree to the qualification alone; people read it behind the name.
    [10.5, 'XCN.7', 'name.suffix[3]'],
    [12, 'XCN.9', 'identifier[1].assigner(Organization)', { map: 'HD[Organization-Authority]' }],
    [13, 'XCN.9', 'identifier[1].system', { map: 'HD[uri]' }],
    nationalProvider(19.5, 'XCN.13', 'XCN.1'),
    [24, 'XCN.18', 'name.extension[1].url', { set: assemblyOrder }],
    [25, 'XCN.18', 'name.extension[1].valueCode', { codes: 'NameAssemblyOrder' }],
    [28, 'XCN.21', 'name.suffix[4]'],
  ],
  // The same person, in a role: the table repeats each row of the practitioner, with slips.
  'XCN[PractitionerRole]': [
    ...gaps(4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 23, 24, 25, 26, 27, 28),
    [4.5, '', 'practitioner(Practitioner)', { map: 'XCN[Practitioner]' }],
  ],
  'XON[Organization]': [
    [12, 'XON.6', 'identifier[1].system', { map: 'HD[uri]' }],
    nationalProvider(14.5, 'XON.7', 'XON.10'),
  ],
  // "Must convert the date", which every element of a date does.
  'DTM[dateTime]': [[4, 'DTM.1', '$value']],
  'DR[dateTime]': [[4, 'DR.1', '$value']],
  'TS[dateTime]': [[4, 'TS.1', '$value']],
  'NM[positiveInt]': [[4, 'NM.1', '$value']],
  'CP[Money]': [[1, 'CP.1', '$this', { map: 'MO[Money]' }]],
  'MO[Money]': [
    [1, 'MO.1', 'value'],
    [2, 'MO.2', 'currency'],
  ],
  // Two extensions have one number in the table.
  'FN[HumanName]': [
    [11, 'FN.5', 'family.extension[4].url', { set: extension('humanname-partner-name') }],
    [12, 'FN.5', 'family.extension[4].valueString'],
  ],
  // A family name brings extensions of its own, beside it.
  'XPN[HumanName]': [[4, 'XPN.1', '$this', { map: 'FN[HumanName]' }]],
  'XPN[string]': [
    [4, 'XPN.1', '$value', { set: ['XPN.5', '= ', 'XPN.2', '= ', 'XPN.3', '= ', 'XPN.1', '= ', 'XPN.4'] }],
  ],
  'SN[Quantity]': [[6, 'SN.1', 'comparator', { when: ['not', ['is', 'SN.1', ['=']]] }]],
  // "If positive": a stay of no days is one too.
  'NM[Quantity-LengthOfStay]': [
    [4, 'NM.1', 'value'],
    [5, 'NM.1', 'unit', { set: ['=days'] }],
    [6, 'NM.1', 'system', { set: ['=http://unitsofmeasure.org'] }],
    [7, 'NM.1', 'code', { set: ['=d'] }],
  ],
  'MSG[code]': [[5, 'MSG.2', '$value']],
  'NDL[PractitionerRole]': [[7, '', 'location(Location)', { map: 'NDL[Location]' }]],
  'HD[Location-Identifier]': [
    [1, 'HD.1', 'identifier[1].value'],
    [2, 'HD.2', 'identifier[2].value'],
    [3, 'HD.3', 'identifier[2].type', { map: 'ID[CodeableConcept-UniversalID]', codes: 'UniversalIDType' }],
    [
      3.1,
      'HD.3',
      'identifier[2].system',
      { set: ['=urn:ietf:rfc:3986'], when: ['is', 'HD.3', ['ISO', 'UUID']] },
    ],
  ],
  'ED[Attachment]': [[9, 'ED.5', 'data', { when: ['is', 'ED.4', ['Base64', 'base64', 'BASE64']] }]],
  'TQ[ServiceRequest]': [[14, 'TQ.6', 'priority', { codes: 'ExtendedPriorityCodes' }]],
  'XAD[Address]': [
    [4, 'XAD.1', '$this', { map: 'SAD[Address]' }],
    // The rows name no URL for the extension that would carry the v2 code.
    ...gaps(14, 15, 16),
  ],
  'XTN[ContactPoint]': [
    // NET says that it is no telephone, which XTN.3 says too; it is no use.
    [
      5,
      'XTN.2',
      'use',
      { when: ['not', ['is', 'XTN.2', ['NET']]], map: 'ID[code]', codes: 'TelecommunicationUseCode' },
    ],
    [
      5.5,
      'XTN.3',
      'use',
      { set: ['=mobile'], when: ['all', ['is', 'XTN.3', ['CP']], ['not', ['valued', 'XTN.2']]] },
    ],
    // Before version 2.3.1 had a component for it, an address stood where the number does.
    [
      4.5,
      'XTN.1',
      'value',
      { when: ['all', ['is', 'XTN.3', ['Internet', 'X.400']], ['not', ['valued', 'XTN.4']]] },
    ],
    [8, 'XTN.3', 'system.extension[1].url', { when: noSystem, set: absent }],
    [8.5, 'XTN.3', 'system.extension[1].valueCode', { when: noSystem, set: ['=unknown'] }],
  ],
  'HD[MessageHeader.source-endpoint]': [
    [10, 'HD.3', 'endpoint.extension[1].url', { when: noUri(['ISO', 'UUID', 'DNS', 'URI']), set: absent }],
  ],
  'HD[MessageHeader.destination-endpoint]': [
    [8, 'HD.3', 'endpoint.extension.url', { when: ['not', ['valued', 'HD.3']], set: absent }],
  ],
};

function noUri(
  kinds: string[],
): readonly [
  'any',
  ...(readonly ['not', readonly ['valued', string] | readonly ['is', string, readonly string[]]])[],
] {
  return ['any', ['not', ['valued', 'HD.3']], ['not', ['is', 'HD.3', kinds]]];
}
