/**
 * The R4 library: pure, without I/O but for reading its own definitions once.
 *
 *   splitResource(text) → { type, id?, content, resource }      one parse; `content` is what a row stores
 *   joinResource(type, id, version, lastUpdatedMs, content) → text
 *   sliceBundle(text) → { type, entries: [{ fullUrl?, request?, resource?: { type?, id?, text } }] }
 *   substituteReferences(text, { 'urn:uuid:…': 'Patient/1' }, { base?, mustResolve? }) → text
 *   validate(type, resource) → Issue[]                          empty: valid
 *   extract(type, resource, { id?, ownBase? }) → IndexValues    tokens, strings, dates, …, patients
 *   references(resource, ownBase?) → Type/id or URL
 *   parseSearch(type, pairs, { lenient?, ownBase? }) → SearchRequest & { include, revinclude, used, ignored }
 *   searchText, dateInterval, numberInterval: the same normal form for index and query
 *   searchParameters(type), includeTargets(type, code), resourceTypes, isResourceType
 *   typeDefinition(name) → elements;  valueSetCodes(url) → codes by system
 *   sliceParameters(text) → [{ name, value?, resource?: text, parts }]
 *   memberTexts(text) → each member of an object with its JSON text; objectText(members) → the object
 *   idForm; derivedId(...words); identifiedId(type, identifier)
 *   fields(value), all(value), words(value)                    what nobody has checked: members, items, a text
 *   printableName(name)                                         what an error may repeat of a client's words
 *   parseLexical(text), copyLexical(json), lexicalNumber(text)  numbers that are written as they were read
 *   parseAsWritten(text)                                        numbers that are read as they were written
 *   operationOutcome(fault or issues) → JSON text;  definitionSet() → content hash of the definitions
 */
export { all, fields, words, type Fields } from './element.ts';
export * from './fault.ts';
export { derivedId, identifiedId, idForm, patientIdentifierTypes } from './id.ts';
export { copyLexical, lexicalNumber, parseAsWritten, parseLexical } from './lexical-json.ts';
export { printableName } from './printable-name.ts';
export * from './search-request.ts';
export {
  definitionSet,
  isResourceType,
  patientCompartmentParameters,
  resourceTypes,
  typeDefinition,
  valueSetCodes,
  type SearchParameterDefinition,
} from './definitions.ts';
export { packageRoot } from './package-root.ts';
export {
  joinResource,
  memberTexts,
  objectText,
  splitResource,
  withMembers,
  type ParsedResource,
  type SplitResource,
} from './resource-text.ts';
export {
  sliceBundle,
  type EntryRequest,
  type EntryResource,
  type SlicedBundle,
  type SlicedEntry,
} from './bundle-slices.ts';
export { sliceParameters, type SlicedParameter } from './parameters-slices.ts';
export { comparableLink, substituteReferences, type Substitutions } from './reference-substitution.ts';
export { validate } from './validate.ts';
export { extract, references, type ExtractOptions } from './extract.ts';
export type * from './index-values.ts';
export {
  includeTargets,
  searchParameter,
  searchParameters,
  unsupportedParameters,
} from './search-parameters.ts';
export { parseSearch, type Inclusion, type ParsedSearch, type ParseSearchOptions } from './parse-search.ts';
export { localReference, parseReference, type ReferenceValue } from './reference-value.ts';
export { beginningOfTime, dateInterval, endOfTime, type Interval } from './date-interval.ts';
export { largestNumber, numberInterval, smallestNumber, type NumberInterval } from './number-interval.ts';
export { searchText } from './search-text.ts';
export { wordPlace, type WordPlace } from './word-place.ts';
export { operationOutcome } from './operation-outcome.ts';
