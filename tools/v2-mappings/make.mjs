/**
 * Makes the compact mapping tables that #platform/v2-to-fhir runs on from HL7's own v2-to-FHIR tables, and writes them
 * beside the library that reads them. The result depends on the tables alone, so it can be made again and compared.
 *
 *   node tools/v2-mappings/make.mjs FOLDER            writes libs/platform/v2-to-fhir/definitions/*.json
 *   node tools/v2-mappings/make.mjs FOLDER --check    writes nothing; fails when the committed files differ
 *   node tools/v2-mappings/make.mjs FOLDER --unread   lists the rows that cannot be read, and why
 *
 * FOLDER is `mappings` of https://github.com/HL7/v2-to-fhir (CC0).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tables } from './tables.mjs';

const target = new URL('../../libs/platform/v2-to-fhir/definitions/', import.meta.url);

const source = {
  title: 'HL7 Version 2 to FHIR, mapping tables, condensed',
  source: 'https://github.com/HL7/v2-to-fhir',
  version: '1.0.0, commit 8c9b414be1729c98988b17e7fa86221fc8018c73 (2025-10-01)',
  license: 'CC0-1.0',
};

/** One line for each row, so that a change of the tables reads as a change of lines. */
function text(tables) {
  const parts = Object.entries(tables).map(([name, rows]) => {
    const lines = Array.isArray(rows)
      ? `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`
      : JSON.stringify(rows);
    return `${JSON.stringify(name)}:${lines}`;
  });
  return `{"about":${JSON.stringify(source)},\n"tables":{\n${parts.join(',\n')}\n}}\n`;
}

/**
 * The files by name, and what of the tables could not be read.
 * @returns {{ files: Record<string, string>, unread: { table: string, line: number, what: string, why: string }[] }}
 */
export function make(folder) {
  const tables = new Tables(folder);
  const files = {
    'messages.json': text(tables.messages()),
    'segments.json': text(tables.rows('segments')),
    'datatypes.json': text(tables.rows('datatypes')),
    'code-maps.json': text(tables.codeMaps()),
  };
  return { files, unread: tables.unread };
}

function main([folder, option]) {
  const { files, unread } = make(folder);
  if (option === '--unread') {
    for (const { table, line, what, why } of unread)
      console.log(`${table}:${line}  ${why}: ${what.replace(/\s+/g, ' ')}`);
  } else if (option === '--check') {
    const stale = Object.keys(files).filter(
      (name) => readFileSync(new URL(name, target), 'utf8') !== files[name],
    );
    if (stale.length === 0) return;
    console.error(`${stale.join(', ')} differ from the tables: run node tools/v2-mappings/make.mjs, commit.`);
    process.exitCode = 1;
  } else {
    for (const [name, content] of Object.entries(files)) writeFileSync(new URL(name, target), content);
    console.log(`${unread.length} rows cannot be read; --unread lists them.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
