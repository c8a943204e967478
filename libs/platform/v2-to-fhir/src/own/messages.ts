import { subscriberRows } from './insurance.ts';
import { headerRows, medicationMessages } from './medication-messages.ts';
import { notValued } from './rows.ts';
import { rowsInstead } from './unmapped.ts';
import { officialTables, type Condition, type MessageRow, type MessageRowDetails } from '../tables.ts';

/** Maps that are not used: what they make is made otherwise, or is of no use without a choice of the site's. */
const unused = new Set([
  // The encounter's status by event is stated with the visit, behind its class.
  'MSH[Encounter]',
  // When the mapping ran, and by whom, is in the lineage; it would differ each time.
  'MSH[Provenance-Transformation]',
  'PV1[Basic-EncounterHistory]',
  'DG1[EpisodeOfCare]',
  'ROL[CareTeam]',
  'PRT[CareTeam]',
  'IN3[CareTeam]',
]);

/** PV1 has to stand in messages about a person; "not applicable" (table 0004), and no more of it than that, is no visit. */
const isVisit: Condition = [
  'not',
  ['all', ['is', 'PV1-2.1', ['N']], ...['PV1-3', 'PV1-19', 'PV1-44'].map(notValued)],
];

/** HL7's rows as they can be run: choices made that the prose leaves open, references led to the right element. */
function runnable(row: MessageRow): MessageRow | readonly [number] {
  const [line, path, label, map, details] = row;
  if (path === 'PATIENT_RESULT.ORDER_OBSERVATION.NTE')
    return [line, path, 'ServiceRequest[1]', 'NTE[ServiceRequest]'];
  if (path.endsWith('INSURANCE.IN1')) return [line, path, 'Coverage[1]', 'IN1[Coverage]'];
  if (label === undefined || map === undefined) return [line, path];
  if (unused.has(map) || label.startsWith('SupplyRequest')) return [line, path];
  // The sender's software: as part of a Provenance it would need a role that nobody states.
  if (map === 'SFT[Device]') return [line, path, 'Device[software]', map];
  const { when, links = [] } = details ?? {};
  const led = links.flatMap(([from, element, to]) =>
    element === 'diagnosis' ? diagnosed(from, to) : [[from, element, to] as const],
  );
  const condition = map === 'PV1[Encounter]' ? isVisit : map === 'OBR[ServiceRequest]' ? undefined : when;
  const kept: MessageRowDetails = {
    ...(condition && { when: condition }),
    ...(led.length > 0 && { links: led }),
  };
  return [line, path, label, map, kept];
}

/** A diagnosis is one of the visit's; its episode's too, where the visit names one. */
function diagnosed(from: string, to: string): [string, string, string][] {
  return [
    [from, 'diagnosis.condition', to],
    [from, 'episodeOfCare[*](EpisodeOfCare).diagnosis.condition', to],
  ];
}

function runnableTable(name: string, rows: readonly MessageRow[]): readonly MessageRow[] {
  const visit = rows.findLast(([, path, , map]) => map === 'PV1[Encounter]' && path.endsWith('PV1'));
  const result = rows.map(runnable) as MessageRow[];
  const software = rows.find(([, , , map]) => map === 'SFT[Device]');
  if (software) result.push([software[0] + 0.5, software[1], 'MessageHeader[1]', 'SFT[MessageHeader]']);
  const person = rows.find(([, , , map]) => map === 'PID[Patient]');
  if (person) result.push([person[0] + 0.5, person[1], 'RelatedPerson[mother]', 'PID[RelatedPerson-Mother]']);
  const account = rows.some(([, , , map]) => map === 'PID[Account]');
  if (person && !account && name !== 'ADT_A39')
    result.push([person[0] + 0.6, person[1], 'Account', 'PID[Account]']);
  result.push(...rows.flatMap(rowsInstead));
  for (const [line, path] of rows)
    if (path.endsWith('INSURANCE.IN1')) result.push(...subscriberRows(line, path));
  if (!visit || !name.startsWith('ADT_')) return result;
  return [
    ...result,
    [visit[0] + 0.5, visit[1], visit[2] ?? 'Encounter[1]', 'PV1[Encounter-Event]', { when: isVisit }],
  ];
}

/** In ORM the details of an order are a group beside it in HL7's table; in the standard they are within. */
function within(row: MessageRow): MessageRow {
  const path = row[1].replace(/^ORDER_DETAIL\./, 'ORDER.ORDER_DETAIL.').replace('.CHOICE.', '.');
  return [row[0], path, ...row.slice(2)] as unknown as MessageRow;
}

/** An ORC is of what is ordered behind it: a medication (RXO), or a service. */
function orderRows(): readonly MessageRow[] {
  const rows = table('ORM_O01').map(within);
  const service = rows.find(([, , , map]) => map === 'ORC[ServiceRequest]');
  if (!service) return rows;
  const [line, path, label, map, details] = service;
  const isMedication: Condition = ['valued', 'RXO'];
  return [
    ...rows.filter((row) => row !== service && row[3] !== 'ORC[Provenance]'),
    [line, path, label ?? '', map ?? '', { ...details, when: ['not', isMedication] }],
    [line + 0.5, path, 'MedicationRequest', 'ORC[MedicationRequest]', { when: isMedication }],
    [line + 12.5, 'ORDER.ORDER_DETAIL.RXR', 'MedicationRequest', 'RXR[MedicationRequest]'],
    [line + 12.6, 'ORDER.ORDER_DETAIL.RXC', 'MedicationRequest', 'RXC[MedicationRequest]'],
  ];
}

const official = officialTables().messages;

function table(name: string): readonly MessageRow[] {
  return runnableTable(name, official[name] ?? []);
}

const mergeRows: readonly MessageRow[] = [
  ...headerRows(),
  [
    2,
    'EVN',
    'Provenance[3]',
    'EVN[Provenance]',
    { links: [['Provenance[3]', 'target', 'MessageHeader[1]']] },
  ],
  [3, 'PATIENT.PID', 'Patient[1]', 'PID[Patient]'],
  [4, 'PATIENT.PD1', 'Patient[1]', 'PD1[Patient]'],
  [
    5,
    'PATIENT.MRG',
    'Patient[2]',
    'MRG[Patient]',
    { links: [['Patient[2]', 'link[1].other', 'Patient[1]']] },
  ],
  [
    6,
    'PATIENT.MRG',
    'Patient[1]',
    'MRG[Patient-Survivor]',
    { links: [['Patient[1]', 'link[1].other', 'Patient[2]']] },
  ],
  [7, 'PATIENT.PV1'],
];

/** Laid over HL7's message tables, and where HL7 has none, ours. */
export const messages: Readonly<Record<string, readonly MessageRow[]>> = {
  ...Object.fromEntries(Object.keys(official).map((name) => [name, table(name)])),
  ...medicationMessages,
  ADT_A03: table('ADT_A01'),
  ADT_A39: mergeRows,
  ORM_O01: orderRows(),
};
