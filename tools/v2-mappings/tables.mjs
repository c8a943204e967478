/**
 * Reads HL7's v2-to-FHIR tables from a folder of CSV files into rows of our own form. What cannot be read is not
 * guessed: it goes into `unread` with its table, line and reason.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assignment } from './assignment.mjs';
import { condition } from './condition.mjs';
import { csvRecords } from './csv.mjs';
import { rootType, target } from './target.mjs';

/** `HL7 Segment - FHIR R4_ PID[Patient] - PID.csv` → `PID[Patient]`. */
const mapName = (file) =>
  file
    .replace(/^HL7 (Concept Map|(Message|Segment|Data Type) - FHIR R4)_ /, '')
    .replace(/ - [^-]*(-[^-]*)?\.csv$/, '');

function files(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((file) => {
      const [, heads, ...rows] = csvRecords(readFileSync(join(folder, file), 'utf8'));
      return { name: mapName(file), heads: heads.cells, rows };
    });
}

/** Names are spelt with and without slashes and blanks, in any case: `Yes/NoIndicator` is `YesNoIndicator`. */
const plainName = (name) => name.toLowerCase().replace(/[^a-z0-9[\]]/g, '');

/** `ServiceRequest[1].reasonReference(Condition)`: a Condition, and the element that refers to it. */
function resourceOf(text) {
  const [, from, path, type] = /^(\w+(?:\[\w+\])?)\.([\w.]+)\((\w+)\)$/.exec(text) ?? [];
  if (!type) return { label: text.replace(/\(.*|\..*/, ''), around: [] };
  const label = `${type}[${path.replaceAll('.', '-')}]`;
  return { label, around: [[from, path, label]] };
}

/** References name a resource without its number where there is one of its type: `DiagnosticReport.result=…`. */
function numbered(rows) {
  const labels = [...new Set(rows.map(([, , label]) => label).filter(Boolean))];
  const full = (name) =>
    (labels.includes(name) ? name : labels.find((label) => label.startsWith(`${name}[`))) ?? name;
  for (const [, , , , details] of rows)
    if (details?.links) details.links = details.links.map(([from, path, to]) => [full(from), path, full(to)]);
  return rows;
}

export class Tables {
  unread = [];
  #known = { datatypes: new Map(), codes: new Map() };

  constructor(folder) {
    this.folder = folder;
    for (const { name } of files(join(folder, 'datatypes'))) this.#known.datatypes.set(plainName(name), name);
    for (const { name } of files(join(folder, 'codesystems'))) this.#known.codes.set(plainName(name), name);
  }

  #attempt(table, line, what, read) {
    try {
      return read();
    } catch (error) {
      this.unread.push({ table, line, what, why: error.message });
      return null;
    }
  }

  #named(kind, text) {
    const name = text.trim();
    if (name === '' || name.startsWith('"')) return undefined;
    const known = this.#known[kind].get(plainName(name));
    if (!known) throw new Error(`there is no table ${name}`);
    return known;
  }

  /** `PID[Patient]` → rows `[line, "PID-3", "identifier[2]", { when?, map?, codes?, set?, prose? }]`. */
  rows(kind) {
    const tables = {};
    for (const { name, rows } of files(join(this.folder, kind))) {
      const root = rootType(name);
      tables[name] = rows.flatMap(({ line, cells }) => this.#row(name, root, line, cells));
    }
    return tables;
  }

  #row(table, root, line, cells) {
    const cell = (column) => (cells[column] ?? '').trim();
    if (cell(9) === '' || cell(9) === 'local implementation') return [];
    const from = cell(1).replace(/^([A-Z]+)$/, '');
    const own = cell(1) || undefined;
    const to = this.#attempt(table, line, cell(9), () => target(cell(9), root));
    const when = this.#attempt(table, line, cell(6), () => condition(cell(6), own));
    const map = this.#attempt(table, line, cell(14), () => this.#named('datatypes', cell(14)));
    const codes = this.#attempt(table, line, cell(15), () => this.#named('codes', cell(15)));
    const assigned = this.#attempt(table, line, cell(16), () => this.#assigned(cell, line));
    if ([to, when, map, codes, assigned].includes(null)) return [];
    // A resource is made by its map: a literal in such a row has slipped in from another.
    const set = map && to.endsWith(')') ? undefined : assigned;
    const prose = cell(8) || (cell(16).startsWith('/') ? cell(16) : '');
    const details = { when, map, codes, set, prose: prose.replace(/\s+/g, ' ') || undefined };
    return [[line, from, to, ...(Object.values(details).some(Boolean) ? [details] : [])]];
  }

  /** Some literals stand beside their column: in the attribute (`status="finished"`), in the one before or behind. */
  #assigned(cell) {
    const aside = [/=\s*("[^"]*")$/.exec(cell(9))?.[1], /^assign: ("[^"]*")$/.exec(cell(10))?.[1]];
    const behind = [cell(14) === '' ? cell(15) : '', cell(18)].filter((text) => /^"[^"]*"$/.test(text));
    return assignment(cell(16)) ?? assignment([...aside, ...behind].find(Boolean) ?? '');
  }

  /** `ORU_R01` → rows `[line, "PATIENT_RESULT.PATIENT.PID", "Patient[1]"?, "PID[Patient]"?, { when?, prose?, links? }]`. */
  messages() {
    const tables = {};
    for (const { name, rows } of files(join(this.folder, 'messages')))
      tables[name] = numbered(rows.flatMap(({ line, cells }) => this.#messageRow(name, line, cells)));
    return tables;
  }

  #messageRow(table, line, cells) {
    const cell = (column) => (cells[column] ?? '').trim();
    const [, follows, place] = /^\/?[A-Z]{3}_[A-Z]\d+(?::follow:([A-Z0-9]+))?\.(.*)$/.exec(cell(1)) ?? [];
    if (!/(^|\.)[A-Z][A-Z0-9]{2}$/.test(place ?? '') || cell(3).startsWith('---')) return [];
    // Segments of one name that stand in several places of a group are told apart by the one they follow.
    const path = follows ? `${place}@${follows}` : place;
    const own = place.split('.').at(-1);
    const when = this.#attempt(table, line, cell(6), () => condition(cell(6), own));
    if (when === null) return [];
    const { label, around } = resourceOf(cell(9));
    if (label === '' || cell(10) === '') return [[line, path]];
    const said = this.#attempt(table, line, cell(11), () => this.#links(cell(11), label));
    if (said === null) return [[line, path]];
    const links = [...around, ...said];
    const details = { when, prose: cell(8) || undefined, links: links.length > 0 ? links : undefined };
    return [[line, path, label, cell(10), ...(Object.values(details).some(Boolean) ? [details] : [])]];
  }

  /** `Encounter.subject.reference=Patient[1].id` → `["Encounter[1]", "subject", "Patient[1]"]`. */
  #links(text, label) {
    return text
      .split(/[;\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== '' && !/^Provenance\S*\.entity|^Basic\.|\(Specimen/.test(part))
      .map((part) => {
        const match =
          /^([A-Z]\w*(?:\[\w+\])?)\.([\w.]+?)(?:\.(?:reference|id))?=([A-Z]\w*(?:\[\w+\])?)(?:\.id)?$/.exec(
            part,
          );
        if (!match) throw new Error('unreadable reference');
        const type = label.replace(/\[.*/, '');
        const from = match[1].replace(/\[.*/, '') === type ? label : match[1];
        const to = match[3].replace(/\[.*/, '') === type ? label : match[3];
        return [from, target(match[2], from.replace(/\[.*/, '')), to];
      });
  }

  /** `AdministrativeSex` → `{ from: "HL70001", codes: { F: ["female", "Female", system?] } }`. */
  codeMaps() {
    const tables = {};
    for (const { name, heads, rows } of files(join(this.folder, 'codesystems'))) {
      const code = heads.lastIndexOf('Code');
      const display = heads.indexOf('Display');
      const system = heads.lastIndexOf('Code System');
      const codes = {};
      for (const { cells } of rows) {
        const [from, to] = [cells[0]?.trim(), cells[code]?.trim()];
        if (!from || !to || from in codes) continue;
        codes[from] = [to, (cells[display] ?? '').trim(), (cells[system] ?? '').trim()];
      }
      tables[name] = { from: (rows[0]?.cells[2] ?? '').trim(), codes };
    }
    return tables;
  }
}
