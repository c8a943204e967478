import { createHmac } from 'node:crypto';
import type { Segment } from '#platform/hl7v2';
import { patientsOf, type Identity, type Mapped } from '#platform/v2-to-fhir';

/** In whose lane a message belongs. */
export interface MessageIdentity {
  readonly identity: string;
  readonly mergedIdentity?: string;
}

/** By what lanes are told apart, before it is known what the message says. */
export interface LaneOptions {
  readonly listener: string;
  readonly secret: string;
}

/**
 * Messages of one patient are applied in the order in which they came. Who it is, says the mapping, by the identifier under
 * which it finds the patient again. Only a hash under `secret` leaves here: lanes show up in places where no identifier may
 * stand, and numbers are easily guessed.
 */
export function messageIdentity(
  mapped: Pick<Mapped, 'resources'>,
  header: Segment,
  lanes: LaneOptions,
): MessageIdentity {
  const { patient, merged } = patientsOf(mapped);
  if (patient === undefined) return senderIdentity(header, lanes);
  const identity = hashOf(lanes, patient);
  return merged === undefined ? { identity } : { identity, mergedIdentity: hashOf(lanes, merged) };
}

/** The lane of messages about nobody, and of those that are not applied. */
export function senderIdentity(header: Segment | undefined, lanes: LaneOptions): MessageIdentity {
  const { listener } = lanes;
  return { identity: hashOf(lanes, [listener, header?.value(3) ?? '', header?.value(4) ?? '']) };
}

function hashOf({ secret }: LaneOptions, who: Identity | readonly string[]): string {
  const words = 'value' in who ? ['patient', who.system ?? '', who.value] : ['sender', ...who];
  return createHmac('sha256', secret).update(words.join('\u0000')).digest('hex').slice(0, 32);
}
