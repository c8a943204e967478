/**
 * HL7 version 2 messages as FHIR R4 resources, by HL7's official tables as data. Pure.
 *
 *   const mapper = new Mapper(pack?)           compiles the tables; keep it
 *   mapper.map(message) → Mapped               resources with identity, mode, what to remove, lineage; issues
 *   merge(before, mapped) → resource           keeps what the message does not speak of
 *   standingOf(before, mapped) → standing      whether the message is older than what is kept
 *   patientsOf(mapped) → identities            whom it is about, and who is merged into that one
 *   mappedMessageTypes                         for which there are tables: `ADT^A01`
 *   usualTables(site?) → Tables                what it maps by, for who goes the other way
 */
export { tableNames, type TableNames } from './table-names.ts';
export { Mapper, type SitePack } from './mapper.ts';
export { merge } from './merge.ts';
export { mappedMessageTypes } from './own/events.ts';
export { usualTables } from './own/tables.ts';
export { patientsOf, type PatientsOf } from './patients-of.ts';
export type * from './mapped.ts';
export { standingOf, type Standing } from './visit-event.ts';
export type { CodeMap, Condition, MessageRow, Row, RowOrGap, Tables } from './tables.ts';
