import { createHash } from 'node:crypto';
import type { DischargeIds } from './domain/discharge-composition.ts';

/** The ids of an encounter's discharge summary: whoever assembles it, and however often, writes the same resources. */
export function dischargeIds(encounter: string): DischargeIds {
  return {
    bundle: derivedId('Bundle', encounter),
    composition: derivedId('Composition', encounter),
    documentReference: derivedId('DocumentReference', encounter),
    document: derivedId('document', encounter),
  };
}

/** A UUID of version 8, made by our own rule. https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function derivedId(kind: string, encounter: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify(['discharge-summary', kind, encounter]))
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
