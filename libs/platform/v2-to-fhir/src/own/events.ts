/** The message table for an event. https://www.hl7.eu/HL7v2x/v251/std251/ch03.html and the chapters 4 and 7 */
const structures: Readonly<Record<string, string>> = {
  ADT_A01: 'ADT_A01',
  ADT_A02: 'ADT_A02',
  ADT_A03: 'ADT_A03',
  ADT_A04: 'ADT_A01',
  ADT_A05: 'ADT_A05',
  ADT_A06: 'ADT_A06',
  ADT_A07: 'ADT_A06',
  ADT_A08: 'ADT_A01',
  ADT_A11: 'ADT_A11',
  ADT_A13: 'ADT_A01',
  ADT_A14: 'ADT_A05',
  ADT_A28: 'ADT_A05',
  ADT_A31: 'ADT_A05',
  ADT_A38: 'ADT_A11',
  ADT_A40: 'ADT_A39',
  ORM_O01: 'ORM_O01',
  OML_O21: 'OML_O21',
  ORU_R01: 'ORU_R01',
  RDE_O11: 'RDE_O11',
  RDE_O25: 'RDE_O11',
  RDS_O13: 'RDS_O13',
  RAS_O17: 'RAS_O17',
};

/** Message types as MSH-9 has them: `ADT^A01`. */
export const mappedMessageTypes: readonly string[] = Object.keys(structures).map((event) =>
  event.replace('_', '^'),
);

/** The message tables that events lead to. */
export const structureNames: readonly string[] = [...new Set(Object.values(structures))];

/** By the event, which senders get right; by the structure they name only where the event is missing or unknown. */
export function structureOf(event: string, named: string | undefined): string | undefined {
  const known = structures[event];
  if (known !== undefined) return known;
  const isNamed = named !== undefined && structureNames.includes(named);
  return isNamed && event.split('_')[0] === named.split('_')[0] ? named : undefined;
}

/** Events that say where a visit stands. Others carry the visit along, as it was when they were made. */
const visitEvents = /^ADT_A(01|02|03|04|05|06|07|11|13|14|38)$/;

/** What an event takes back, though its message repeats it. */
const takenBack: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ADT_A13: { Encounter: ['period.end', 'hospitalization.dischargeDisposition'] },
};

export interface EventEffect {
  /** The elements that the message has and its event does not speak of. */
  readonly assumed: readonly string[];
  readonly takenBack: readonly string[];
}

export function effectOf(event: string, type: string): EventEffect {
  return { assumed: mute(event, type), takenBack: takenBack[event]?.[type] ?? [] };
}

function mute(event: string, type: string): readonly string[] {
  // What is handed out or given repeats the order, by whatever control code, and the order may have ended since.
  if (type === 'MedicationRequest' && /^(RDS|RAS)_/.test(event)) return ['status'];
  if (type !== 'Encounter' || visitEvents.test(event)) return [];
  // An order or a result has the visit as it was when it was written: it admits, moves and discharges nobody.
  return event.startsWith('ADT_') ? ['status'] : ['status', 'class', 'location', 'period'];
}
