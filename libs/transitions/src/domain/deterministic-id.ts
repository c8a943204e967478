import { createHash } from 'node:crypto';

/**
 * An id in the form of a UUID (version 8: made by our own rule) that the same parts always give. Whoever assembles the
 * document of an encounter, and however often, writes the same resources. https://www.rfc-editor.org/rfc/rfc9562#section-5.8
 */
export function deterministicId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
