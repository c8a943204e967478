import { createHash } from 'node:crypto';
import type { V2Party } from '#platform/outbound';

export interface V2Request {
  /** The JSON text of a Bundle. */
  readonly bundle: string;
  readonly sender: V2Party;
  readonly receiver: V2Party;
  /** MSH-10. */
  readonly controlId: string;
  /** MSH-7, milliseconds since the epoch. */
  readonly at: number;
}

/** The HL7 v2 message that says what a Bundle says; from the same always the same. It leaves in UTF-8, as its MSH-18 tells. */
export type EncodeV2 = (request: V2Request) => { readonly text: string };

/** Under this Nest gives the context its encoder. */
export const EncodeV2Token = Symbol('EncodeV2');

/**
 * What a delivery is called in HL7 v2: the same each time it is sent, so that its receiver knows it again. A receiver that
 * refused it would know its refusal again, too; so after one it gets another name.
 */
export function controlIdOf({ communication, edition }: { communication: string; edition: number }): string {
  return createHash('sha256')
    .update(JSON.stringify([communication, edition]))
    .digest('hex')
    .slice(0, 20)
    .toUpperCase();
}
