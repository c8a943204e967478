/**
 * The codes of every value set that an element requires, from HL7's published expansions.
 * https://hl7.org/fhir/R4/terminologies.html#required
 */

function codesBySystem(contains, into) {
  for (const concept of contains ?? []) {
    if (concept.code !== undefined && !concept.abstract)
      (into[concept.system] ??= new Set()).add(concept.code);
    codesBySystem(concept.contains, into);
  }
  return into;
}

/** HL7's expansion lists only the common units; any UCUM expression is allowed. */
const openEnded = new Set(['http://hl7.org/fhir/ValueSet/ucum-units']);

/**
 * `{ url: { system: [codes] } }`. A value set without a published expansion is one that cannot be enumerated (media
 * types, languages, all UCUM units): its entry is null, and its codes are checked for form only.
 */
export function requiredCodes(urls, valueSets) {
  const byUrl = new Map(valueSets.map((valueSet) => [valueSet.url, valueSet]));
  const table = {};
  for (const url of [...urls].sort()) {
    const contains = openEnded.has(url) ? undefined : byUrl.get(url)?.expansion?.contains;
    const systems = contains ? codesBySystem(contains, {}) : undefined;
    table[url] =
      systems && Object.keys(systems).length > 0
        ? Object.fromEntries(Object.entries(systems).map(([system, codes]) => [system, [...codes].sort()]))
        : null;
  }
  return table;
}
