import { createHmac } from 'node:crypto';
import type { Message, Repetition } from '#platform/hl7v2';

/** In whose lane a message belongs. */
export interface MessageIdentity {
  readonly identity: string;
  readonly mergedIdentity?: string;
}

/**
 * Messages of one patient are applied in the order in which they came. Who it is, says the medical record number in
 * PID-3, else the first identifier there; of a message about nobody, its sender. Only a hash under `secret` leaves here:
 * lanes show up in places where no identifier may stand, and numbers are easily guessed.
 */
export function messageIdentity(message: Message, listener: string, secret: string): MessageIdentity {
  const hashOf = (text: string) => createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
  const own = identifierOf(message.first('PID')?.field(3));
  const merged = isMerge(message) ? identifierOf(message.first('MRG')?.field(1)) : undefined;
  const identity = hashOf(own ?? `${listener}|${message.at('MSH-3') ?? ''}|${message.at('MSH-4') ?? ''}`);
  return {
    identity,
    ...(own === undefined || merged === undefined ? {} : { mergedIdentity: hashOf(merged) }),
  };
}

function isMerge(message: Message): boolean {
  return message.at('MSH-9.1') === 'ADT' && message.at('MSH-9.2') === 'A40';
}

/** Authority and number; the authority's own number or, without one, its name. */
function identifierOf(repetitions: readonly Repetition[] = []): string | undefined {
  const valued = repetitions.filter((each) => each.value(1) !== undefined);
  const chosen = valued.find((each) => each.value(5) === 'MR') ?? valued[0];
  return chosen && `patient|${chosen.value(4, 2) ?? chosen.value(4, 1) ?? ''}|${chosen.value(1)}`;
}
