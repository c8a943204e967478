/**
 * How strings are compared in a search: without regard to case, accents and repeated space. Both the index and the
 * query pass through here. https://hl7.org/fhir/R4/search.html#string
 */

// eslint-disable-next-line no-control-regex -- the range is ASCII
const plain = /^[\u0021-\u0040\u005b-\u007e]+(?: [\u0021-\u0040\u005b-\u007e]+)*$/;

export function searchText(value: string): string {
  if (plain.test(value)) return value;
  const lower = value
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return lower.replace(/\s+/g, ' ').trim();
}
