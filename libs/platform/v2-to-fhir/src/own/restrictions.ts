import type { CodeMap, MessageRow, Row, RowOrGap } from '../tables.ts';
import { actCode } from './rows.ts';

const period = ['=http://hl7.org/fhir/uv/v2mappings/StructureDefinition/access-restriction-range'];

/** ARV, which HL7 does not map: the security labels of the resource whose segment it follows. */
function labels(): Row[] {
  return [
    [2, 'ARV-2', 'meta.security[action].code', { codes: 'AccessRestrictionAction' }],
    [2.1, 'ARV-2', 'meta.security[action].system', { set: actCode }],
    [3, 'ARV-3', 'meta.security[what]', { map: 'CWE[Coding]', codes: 'AccessRestrictionValue' }],
    [4, 'ARV-4', 'meta.security[why]', { map: 'CWE[Coding]', codes: 'AccessRestrictionReason' }],
    [5, 'ARV-5', 'meta.security[instruction].display'],
    [6, 'ARV-6', 'meta.security[instruction].extension[1].url', { set: period }],
    [6.1, 'ARV-6', 'meta.security[instruction].extension[1].valuePeriod', { map: 'DR[Period]' }],
  ];
}

export const restrictions: Readonly<Record<string, readonly RowOrGap[]>> = {
  'ARV[Patient]': labels(),
  'ARV[Encounter]': labels(),
  'DB1[Patient]': [[3, 'DB1-3', 'identifier[disability]', { map: 'CX[Identifier]' }]],
};

export function restrictionRows(line: number, path: string): MessageRow[] {
  if (path.endsWith('ARV@PV1')) return [[line + 0.1, path, 'Encounter[1]', 'ARV[Encounter]']];
  return path.endsWith('ARV@PID') ? [[line + 0.1, path, 'Patient[1]', 'ARV[Patient]']] : [];
}

export function disabilityRows(line: number, path: string): MessageRow[] {
  return [[line + 0.1, path, 'Patient[1]', 'DB1[Patient]', { when: ['is', 'DB1-2', ['PT']] }]];
}

const act = (code: string, display: string): readonly [string, string, string] => [
  code,
  display,
  'http://terminology.hl7.org/CodeSystem/v3-ActCode',
];

/** Tables 0717, 0719 and the actions of ARV, as far as the codes of version 3 have them. */
export const restrictionCodes: Readonly<Record<string, CodeMap>> = {
  AccessRestrictionAction: {
    codes: { A: act('LABEL', 'assign security label'), X: act('PERSISTLABEL', 'persist security label') },
  },
  AccessRestrictionValue: {
    from: 'HL70717',
    codes: {
      DEM: act('DEMO', 'all demographic information sensitivity'),
      LOC: act('LOCIS', 'location information sensitivity'),
      HIV: act('HIV', 'HIV/AIDS information sensitivity'),
      PSY: act('PSY', 'psychiatry disorder information sensitivity'),
      SMD: act('STD', 'sexually transmitted disease information sensitivity'),
    },
  },
  AccessRestrictionReason: {
    from: 'HL70719',
    codes: {
      DIA: act('DIA', 'diagnosis information sensitivity'),
      EMP: act('EMP', 'employee information sensitivity'),
      ORG: act('B', 'business information sensitivity'),
      PAT: act('PRS', 'patient requested information sensitivity'),
      PHY: act('PHY', 'physician requested information sensitivity'),
      VIP: act('CEL', 'celebrity information sensitivity'),
    },
  },
};
