import { createHash } from 'node:crypto';

/**
 * What a delivery is called in HL7 v2 (MSH-10): the same each time it is sent, so that its receiver knows it again. A
 * receiver that refused it would know its refusal again, too; so after one it gets another name.
 */
export function controlIdOf({ communication, edition }: { communication: string; edition: number }): string {
  return createHash('sha256')
    .update(JSON.stringify([communication, edition]))
    .digest('hex')
    .slice(0, 20)
    .toUpperCase();
}
