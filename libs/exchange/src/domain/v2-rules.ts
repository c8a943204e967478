import { type Fields, fields, type Issue, words } from '#platform/fhir';
import { itemsAt, packIssue, type PackEntry, type RulePack } from '#platform/rules';
import type { CodeMap, SitePack, TableNames } from '#platform/v2-to-fhir';
import { rowOf, type RowRule } from './v2-rule-rows.ts';

/** What one artefact lays over the tables, for the listeners that it names, or for all. */
export interface V2Rule {
  readonly listeners: readonly string[];
  readonly zone?: string;
  readonly codeMap?: readonly [name: string, map: CodeMap];
  /** Names and their URIs. */
  readonly codeSystems?: Readonly<Record<string, string>>;
  readonly authorities?: Readonly<Record<string, string>>;
  readonly rows?: readonly RowRule[];
}

/** What a pack says of HL7 v2, and what is wrong with it. */
export interface V2Rules {
  readonly rules: readonly V2Rule[];
  readonly issues: readonly Issue[];
}

const v2TableUri = /\/v2-(\d{4})$/;

/** Reads ConceptMaps, NamingSystems and the Parameters `v2`. `known`: the tables that it can lay something over. */
export function readV2Rules(pack: RulePack, known: TableNames): V2Rules {
  const issues: Issue[] = [];
  const tell = (place: string, text: string) => void issues.push(packIssue(place, text));
  const parameters = pack.entries.filter(
    ({ type, resource }) => type === 'Parameters' && String(resource['id']).startsWith('v2'),
  );
  const settings = parameters.map((entry) => settingsOf(entry, known, tell));
  const rows = settings.flatMap((rule) => rule.rows ?? []);
  for (const { place } of rows.filter((row) => !isUsed(row, rows, known)))
    tell(
      place,
      'There is no table of this name, and no row of this pack names it as its map. Correct the part table.',
    );
  const looked = new Set([...known.codeMaps, ...rows.flatMap(({ codes }) => codes)]);
  const others = pack.entries.flatMap((entry) => {
    if (entry.type === 'ConceptMap') return [conceptMapOf(entry, looked, tell)];
    return entry.type === 'NamingSystem' ? [namingSystemOf(entry, tell)] : [];
  });
  return { rules: [...others, ...settings], issues };
}

/** The tables of one listener: what holds for all, and over it what names the listener. */
export function sitePackOf({ rules }: V2Rules, listener: string): SitePack {
  const own = [
    ...rules.filter(({ listeners }) => listeners.length === 0),
    ...rules.filter(({ listeners }) => listeners.includes(listener)),
  ];
  const codeMaps: Record<string, CodeMap> = {};
  for (const { codeMap } of own) {
    if (codeMap === undefined) continue;
    const [name, map] = codeMap;
    codeMaps[name] = { ...codeMaps[name], ...map, codes: { ...codeMaps[name]?.codes, ...map.codes } };
  }
  const zone = own.findLast((rule) => rule.zone !== undefined)?.zone;
  const rows = own.flatMap((rule) => rule.rows ?? []);
  return {
    ...(zone === undefined ? {} : { zone }),
    tables: {
      codeMaps,
      codeSystems: Object.assign({}, ...own.map(({ codeSystems }) => codeSystems)) as Record<string, string>,
      authorities: Object.assign({}, ...own.map(({ authorities }) => authorities)) as Record<string, string>,
      messages: tableOf(rows, 'message-row'),
      segments: tableOf(rows, 'segment-row'),
      datatypes: tableOf(rows, 'datatype-row'),
    } as NonNullable<SitePack['tables']>,
  };
}

/** By table; of two rows for one line the later one stands. */
function tableOf(rows: readonly RowRule[], kind: RowRule['kind']): Record<string, readonly RowRule['row'][]> {
  const tables = Map.groupBy(
    rows.filter((row) => row.kind === kind),
    ({ table }) => table,
  );
  return Object.fromEntries(
    [...tables].map(([table, own]) => [table, [...new Map(own.map(({ row }) => [row[0], row])).values()]]),
  );
}

function isUsed({ kind, table }: RowRule, rows: readonly RowRule[], known: TableNames): boolean {
  if (kind === 'message-row') return known.messages.has(table);
  const tables = kind === 'segment-row' ? known.segments : known.datatypes;
  return tables.has(table) || rows.some(({ map }) => map === table);
}

type Tell = (place: string, text: string) => void;

/** Which listeners an artefact is for. https://terminology.hl7.org/CodeSystem-usage-context-type.html */
function listenersOf(place: string, resource: Fields, tell: Tell): readonly string[] {
  return itemsAt(place, 'useContext', resource).flatMap(([at, { code, valueCodeableConcept }]) => {
    const listener = words(fields(valueCodeableConcept)['text']);
    if (fields(code)['code'] === 'venue' && listener !== undefined) return [listener];
    tell(at, 'Only a listener is read here: code "venue", and its name as valueCodeableConcept.text.');
    return [];
  });
}

/** https://hl7.org/fhir/R4/conceptmap.html */
function conceptMapOf({ place, resource }: PackEntry, known: ReadonlySet<string>, tell: Tell): V2Rule {
  const name = words(resource['name']);
  if (name === undefined || !known.has(name))
    tell(
      `${place}.name`,
      'No row looks codes up in a map of this name. Write that of a table of HL7 (such as "AdministrativeSex"), or one that a row of this pack names in its part codes.',
    );
  let map: CodeMap = { codes: {} };
  for (const [at, group] of itemsAt(place, 'group', resource)) map = withGroup(map, at, group, tell);
  return { listeners: listenersOf(place, resource, tell), codeMap: [name ?? '', map] };
}

function withGroup(map: CodeMap, place: string, group: Fields, tell: Tell): CodeMap {
  const system = words(group['target']);
  const number = v2TableUri.exec(words(group['source']) ?? '')?.[1];
  const codes = { ...map.codes };
  for (const [at, element] of itemsAt(place, 'element', group)) {
    const [target, ...more] = itemsAt(at, 'target', element);
    const [code, becomes] = [words(element['code']), words(target?.[1]['code'])];
    if (code === undefined || becomes === undefined || more.length > 0) {
      tell(at, 'A code becomes exactly one other: write code, and one target with its code.');
      continue;
    }
    const display = words(target?.[1]['display']) ?? '';
    codes[code] = system === undefined ? [becomes, display] : [becomes, display, system];
  }
  return { ...map, ...(number === undefined ? {} : { from: `HL7${number}` }), codes };
}

/** https://hl7.org/fhir/R4/namingsystem.html: the short names of version 2 are its unique ids of type other. */
function namingSystemOf({ place, resource }: PackEntry, tell: Tell): V2Rule {
  const ids = itemsAt(place, 'uniqueId', resource).map(([, id]) => id);
  const valueOf = (type: string) => words(ids.find((id) => id['type'] === type)?.['value']);
  const oid = valueOf('oid');
  const uri = valueOf('uri') ?? (oid === undefined ? undefined : `urn:oid:${oid}`);
  const names = ids.filter(({ type }) => type === 'other').flatMap(({ value }) => words(value) ?? []);
  if (uri === undefined)
    tell(`${place}.uniqueId`, 'Write the URI of the system as a uniqueId of type "uri", or "oid".');
  if (names.length === 0)
    tell(`${place}.uniqueId`, 'Write what messages call the system as a uniqueId of type "other".');
  const known = Object.fromEntries(names.map((name) => [name, uri ?? '']));
  const kind = resource['kind'];
  if (kind !== 'codesystem' && kind !== 'identifier')
    tell(`${place}.kind`, 'Write "codesystem", or "identifier" for an assigning authority.');
  const listeners = listenersOf(place, resource, tell);
  return kind === 'codesystem' ? { listeners, codeSystems: known } : { listeners, authorities: known };
}

/** https://hl7.org/fhir/R4/parameters.html */
function settingsOf({ place, resource }: PackEntry, known: TableNames, tell: Tell): V2Rule {
  const listeners: string[] = [];
  const rows: RowRule[] = [];
  let zone: string | undefined;
  for (const [at, parameter] of itemsAt(place, 'parameter', resource)) {
    const { name, valueString } = parameter;
    if (name === 'listener' && words(valueString) !== undefined) listeners.push(String(valueString));
    else if (name === 'zone' && known.isZone(String(valueString))) zone = String(valueString);
    else if (name === 'zone')
      tell(
        at,
        'Write the offset of times without one as valueString, such as "+01:00" or "Z", or where the sender is: "America/New_York".',
      );
    else if (name === 'segment-row' || name === 'datatype-row' || name === 'message-row') {
      const row = rowOf(name, at, parameter, tell);
      if (row !== undefined) rows.push(row);
    } else tell(`${at}.name`, 'Write one of listener, zone, segment-row, datatype-row, message-row.');
  }
  return { listeners, rows, ...(zone === undefined ? {} : { zone }) };
}
