/**
 * The tables' assignment column: a literal, or parts joined: `"urn:oid:"+HD.2` → ["=urn:oid:", "HD.2"], a literal
 * marked by `=`. Undefined when the cell is empty or speaks to the implementer (`/to be determined …/`).
 */
export function assignment(text) {
  const plain = text.trim().replace('OBX-5.4" "OBX-6"', 'OBX-5.4+" "+OBX-6');
  const whole = /^"([^"]*)"$/.exec(plain);
  if (whole) return [`=${whole[1].trim()}`];
  if (plain === '' || plain.startsWith('/')) return undefined;
  const parts = plain.match(/"[^"]*"|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)?/g);
  const rest = plain.replace(/"[^"]*"|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)?/g, '').replace(/[+\s]/g, '');
  if (!parts || rest !== '') throw new Error('unreadable assignment');
  return parts.map((part) => (part.startsWith('"') ? `=${part.slice(1, -1)}` : part));
}
