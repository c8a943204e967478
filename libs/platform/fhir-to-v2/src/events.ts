import { Fault } from '#platform/fhir';
import type { Bundle } from './bundle.ts';
import type { Element } from './element.ts';

/** What may follow PID, in the order of the structure. */
type Part = 'PD1' | 'NK1' | 'PV1' | 'PV2' | 'AL1' | 'DG1' | 'IN1' | 'MRG' | 'TXA';

interface Structure {
  readonly name: string;
  readonly parts: readonly Part[];
}

const visit: readonly Part[] = ['PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'DG1', 'IN1'];
const admission: Structure = { name: 'ADT_A01', parts: visit };
const person: Structure = { name: 'ADT_A05', parts: visit };

/** The events that are written, and their structures. https://www.hl7.eu/HL7v2x/v251/std251/ch03.html and chapter 9 */
const structures = {
  A01: admission,
  A02: { name: 'ADT_A02', parts: ['PD1', 'PV1', 'PV2'] },
  A03: { name: 'ADT_A03', parts: visit },
  A04: admission,
  A08: admission,
  A11: { name: 'ADT_A09', parts: ['PD1', 'PV1', 'PV2', 'DG1'] },
  A13: admission,
  A28: person,
  A31: person,
  A40: { name: 'ADT_A39', parts: ['PD1', 'MRG'] },
  T02: { name: 'MDM_T02', parts: ['PV1', 'TXA'] },
} as const satisfies Record<string, Structure>;

export type V2Event = keyof typeof structures;

export function structureOf(event: V2Event): Structure {
  return structures[event];
}

/** The event a Bundle tells of. https://hl7.org/fhir/us/davinci-alerts/STU1.1/ValueSet-notification-event.html */
export function eventOf(bundle: Bundle, encounter: Element | undefined): V2Event {
  if (bundle.type === 'document') return 'T02';
  const code = bundle.all('MessageHeader')[0]?.one('eventCoding')?.text('code');
  if (code === 'notification-admit') return isAmbulatory(encounter) ? 'A04' : 'A01';
  if (code === 'notification-transfer') return 'A02';
  if (code === 'notification-discharge') return 'A03';
  throw new Fault(
    'invalid',
    'It does not follow from this Bundle which event is to be told. Name it, or give a document or a notification message.',
  );
}

/** Emergency and outpatients are registered (A04), not admitted. */
function isAmbulatory(encounter: Element | undefined): boolean {
  return ['EMER', 'AMB'].includes(encounter?.unnoticed.one('class')?.text('code') ?? '');
}
