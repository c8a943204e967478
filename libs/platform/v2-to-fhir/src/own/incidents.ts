import type { MessageRow, Row, RowOrGap } from '../tables.ts';
import { loinc, snomed, v2Table } from './rows.ts';

type Coded = readonly [code: string, display: string, system: readonly string[]];

/** What an observation or procedure is, wherever a field is valued that tells of it. */
function code(line: number, field: string, [value, display, system]: Coded): Row[] {
  return [
    [line, field, 'code.coding.code', { set: [`=${value}`] }],
    [line + 0.1, field, 'code.coding.display', { set: [`=${display}`] }],
    [line + 0.2, field, 'code.coding.system', { set: system }],
  ];
}

function yesOrNo(line: number, field: string, to: string): Row[] {
  return [
    [line, field, `${to}.coding.code`],
    [line + 0.1, field, `${to}.coding.system`, { set: v2Table('0136') }],
  ];
}

/** A question of ACC, answered by yes or no: version 2 has a name for it, no code system has. */
function indicator(line: number, field: string, display: string): Row[] {
  const at = `component[${field}]`;
  return [
    [line, field, `${at}.code.coding.code`, { set: [`=${field}`] }],
    [line + 0.1, field, `${at}.code.coding.display`, { set: [`=${display}`] }],
    ...yesOrNo(line + 0.2, field, `${at}.valueCodeableConcept`),
  ];
}

function finding(line: number, field: string, what: Coded): Row[] {
  return [
    [line, field, 'status', { set: ['=final'] }],
    ...code(line + 0.1, field, what),
    ...yesOrNo(line + 0.4, field, 'valueCodeableConcept'),
  ];
}

const place = ['=http://hl7.org/fhir/us/vrdr/StructureDefinition/Observation-Location'];

/** Accident, death and autopsy, which HL7's tables leave out. */
export const incidents: Readonly<Record<string, readonly RowOrGap[]>> = {
  'ACC[Observation]': [
    [0.1, '', 'status', { set: ['=final'] }],
    [0.2, '', 'code.coding.code', { set: ['=11374-6'] }],
    [0.3, '', 'code.coding.display', { set: ['=Injury Incident Description Narrative'] }],
    [0.4, '', 'code.coding.system', { set: loinc }],
    [1, 'ACC-1', 'effectiveDateTime'],
    [2, 'ACC-2', 'valueCodeableConcept', { map: 'CWE[CodeableConcept]', when: ['not', ['valued', 'ACC-8']] }],
    [3, 'ACC-3', 'extension[place].url', { set: place }],
    [3.1, 'ACC-3', 'extension[place].valueReference(Location).name'],
    ...indicator(4, 'ACC-4', 'Auto Accident Indicator'),
    ...indicator(5, 'ACC-5', 'Accident Job Related Indicator'),
    ...indicator(6, 'ACC-6', 'Accident Death Indicator'),
    [7, 'ACC-7', 'performer(Practitioner)', { map: 'XCN[Practitioner]' }],
    [8, 'ACC-8', 'valueString'],
    ...indicator(10, 'ACC-10', 'Police Notified Indicator'),
    [11, 'ACC-11', 'extension[place].url', { set: place }],
    [11.1, 'ACC-11', 'extension[place].valueReference(Location).address', { map: 'XAD[Address]' }],
    [13, 'ACC-13', 'identifier', { map: 'EI[Identifier-Extension]' }],
  ],
  'PDA[Condition]': [[1, 'PDA-1', 'code', { map: 'CWE[CodeableConcept]' }]],
  'PDA[Encounter]': [
    [2, 'PDA-2', 'location[death].location(Location)', { map: 'PL[Location]' }],
    [2.1, 'PDA-2', 'location[death].status', { set: ['=completed'] }],
  ],
  'PDA[Observation-Certificate]': finding(3, 'PDA-3', ['64297-5', 'Death certificate', loinc]),
  'PDA[Procedure-Certification]': [
    [4, 'PDA-4', 'performedDateTime'],
    [4.1, 'PDA-4', 'status', { set: ['=completed'] }],
    ...code(4.2, 'PDA-4', ['308646001', 'Death certification', snomed]),
    [5, 'PDA-5', 'performer.actor(Practitioner)', { map: 'XCN[Practitioner]' }],
    [5.1, 'PDA-5', 'performer.function.text', { set: ['=Death Certified By'] }],
    ...code(5.2, 'PDA-5', ['308646001', 'Death certification', snomed]),
  ],
  'PDA[Observation-Autopsy]': finding(6, 'PDA-6', ['85699-7', 'Autopsy was performed', loinc]),
  'PDA[Procedure-Autopsy]': [
    [7, 'PDA-7', 'performedPeriod', { map: 'DR[Period]' }],
    [7.1, 'PDA-7', 'status', { set: ['=completed'] }],
    ...code(7.2, 'PDA-7', ['29240004', 'Autopsy examination', snomed]),
    [8, 'PDA-8', 'performer.actor(Practitioner)', { map: 'XCN[Practitioner]' }],
    [8.1, 'PDA-8', 'performer.function.text', { set: ['=Autopsy Performed By'] }],
    ...code(8.2, 'PDA-8', ['29240004', 'Autopsy examination', snomed]),
  ],
  'PDA[Observation-Coroner]': finding(9, 'PDA-9', [
    '74497-9',
    'Medical examiner or coroner was contacted',
    loinc,
  ]),
};

export function accidentRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'Observation[accident]', 'ACC[Observation]']];
}

export function deathRows(line: number, path: string): MessageRow[] {
  return [
    [line + 0.1, path, 'Condition[death]', 'PDA[Condition]', { when: ['valued', 'PDA-1'] }],
    [line + 0.2, path, 'Encounter[1]', 'PDA[Encounter]', { when: ['valued', 'PDA-2'] }],
    [line + 0.3, path, 'Observation[certificate]', 'PDA[Observation-Certificate]'],
    [line + 0.4, path, 'Procedure[certification]', 'PDA[Procedure-Certification]'],
    [line + 0.5, path, 'Observation[autopsy]', 'PDA[Observation-Autopsy]'],
    [line + 0.6, path, 'Procedure[autopsy]', 'PDA[Procedure-Autopsy]'],
    [line + 0.7, path, 'Observation[coroner]', 'PDA[Observation-Coroner]'],
  ];
}
